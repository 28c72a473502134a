package import Spec

/// A storage pool as it is on a node.
package struct ObservedPool: Sendable, Equatable {
    package var name: String
    package var path: String
    package var isActive: Bool
    package var autostart: Bool
    package var capacity: Size
    package var available: Size
    /// What libvirt tells it by; nil where nobody looked.
    ///
    /// It stands for a mark: see `ObjectNames.poolUUID`.
    package var uuid: UniqueID?

    package init(
        name: String, path: String, isActive: Bool, autostart: Bool, capacity: Size, available: Size,
        uuid: UniqueID? = nil
    ) {
        self.name = name
        self.path = path
        self.isActive = isActive
        self.autostart = autostart
        self.capacity = capacity
        self.available = available
        self.uuid = uuid
    }
}
