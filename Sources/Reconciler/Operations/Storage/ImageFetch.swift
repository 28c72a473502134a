package import Spec

/// A base image to be on a node.
package struct ImageFetch: Sendable, Equatable {
    package var image: Name
    package var source: Image.Source
    package var checksum: Checksum?
    /// Bytes to transfer, where known.
    package var byteCount: UInt64?
    /// `…/kvmctl-<sha256>.qcow2` on the node.
    package var path: String
    /// What has to start it: a BIOS where an instance has one, UEFI where all have it; nil where nobody uses it.
    package var firmware: Hardware.Firmware?
    /// The files that say that the spec keeps it when no instance needs it; none where it does not.
    package var markers: [String] = []
    /// Whether it is there, and only that is to be said.
    package var isThere = false
    /// Whether what a sending that is cut off leaves on the node is kept, for the next one to go on with.
    package var isResumable = false
    /// The file of another image of the same name, of which it is a copy; nil where its name says what it holds, or nobody has one.
    package var giver: Giver?
    /// How it is made of another image; nil where it is one as it comes.
    package var recipe: ImageRecipe?

    /// A base image on a node.
    package struct Giver: Sendable, Hashable {
        package var node: Name
        package var path: String

        package init(node: Name, path: String) {
            self.node = node
            self.path = path
        }
    }

    package init(image: Name, source: Image.Source, checksum: Checksum?, byteCount: UInt64?, path: String) {
        self.image = image
        self.source = source
        self.checksum = checksum
        self.byteCount = byteCount
        self.path = path
    }
}
