package import Spec

/// A volume as it is on a node.
package struct ObservedVolume: Sendable, Equatable {
    package var path: String
    /// The size a guest sees.
    package var capacity: Size
    package var backingPath: String?
    /// What the file itself says its backing file's format is, such as `qcow2`; nil where it says nothing.
    package var backingFormat: String?
    /// Whether its content is a disk's as it is, without a format that has a header.
    package var isRaw = false
    /// Whether it is neither a file nor a block device, such as a folder.
    package var isOtherThing = false
    /// Whether it is a block device, and not a file.
    package var isBlockDevice = false
    /// Whether the node itself uses it, for a file system, swap space, or as a part of another device; nobody looks
    /// but at disks that the spec gives to instances.
    package var isInUseByNode = false
    /// Where a link leads in the end, of disks that the spec gives to instances; nil of all others.
    package var target: String?
    /// The names below /dev/disk/by-id of a block device that are the same on every node.
    package var identities: Set<String> = []
    /// Why no guest can have it as it is, such as "it is encrypted", by its own header.
    package var problem: String?
    /// Whether its beginning could not be read, so that nobody knows what it stands on.
    package var isUnread = false
    /// What it takes of its file system; nil where nobody looked.
    package var allocation: Size?
    /// How long the file is; nil where nobody looked.
    package var length: Size?
    /// Device and inode: the same for all names of one file or block device; nil where nobody looked.
    package var inode: String?

    package init(path: String, capacity: Size, backingPath: String? = nil, allocation: Size? = nil) {
        self.allocation = allocation
        self.path = path
        self.capacity = capacity
        self.backingPath = backingPath
    }
}
