package import Spec

/// A volume to be made.
package struct VolumeDefinition: Sendable, Hashable {
    package var path: String
    package var capacity: Size
    /// The base image of a root disk; nil for an empty data disk.
    package var backingPath: String?
    /// The domain whose mark reaches it.
    package var owner: UniqueID

    package init(path: String, capacity: Size, backingPath: String?, owner: UniqueID) {
        self.path = path
        self.capacity = capacity
        self.backingPath = backingPath
        self.owner = owner
    }
}
