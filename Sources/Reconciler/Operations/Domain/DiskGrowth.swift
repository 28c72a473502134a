package import Spec

/// A disk to be larger.
package struct DiskGrowth: Sendable, Equatable {
    /// `root` or the data disk's name.
    package var disk: String
    package var path: String
    package var capacity: Size

    package init(disk: String, path: String, capacity: Size) {
        self.disk = disk
        self.path = path
        self.capacity = capacity
    }
}
