package import Spec

/// A storage pool as it is on a node.
package struct ObservedPool: Sendable, Equatable {
    package var name: String
    package var path: String
    package var isActive: Bool
    package var autostart: Bool
    package var capacity: Size
    package var available: Size

    package init(name: String, path: String, isActive: Bool, autostart: Bool, capacity: Size, available: Size) {
        self.name = name
        self.path = path
        self.isActive = isActive
        self.autostart = autostart
        self.capacity = capacity
        self.available = available
    }
}

/// A volume as it is on a node.
package struct ObservedVolume: Sendable, Equatable {
    package var path: String
    /// The size a guest sees.
    package var capacity: Size
    package var backingPath: String?
    /// Whether its content is a disk's as it is, without a format that has a header.
    package var isRaw = false
    /// What it takes of its file system; nil where nobody looked.
    package var allocation: Size?

    package init(path: String, capacity: Size, backingPath: String? = nil, allocation: Size? = nil) {
        self.allocation = allocation
        self.path = path
        self.capacity = capacity
        self.backingPath = backingPath
    }
}
