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
    /// What it is made of while it runs; of a stopped one the same as `definedSource`.
    package var source: PoolSource
    /// What it is made of when it starts next.
    package var definedSource: PoolSource

    package init(
        name: String, path: String, isActive: Bool, autostart: Bool, capacity: Size, available: Size,
        uuid: UniqueID? = nil, source: PoolSource = .standard
    ) {
        self.name = name
        self.path = path
        self.isActive = isActive
        self.autostart = autostart
        self.capacity = capacity
        self.available = available
        self.uuid = uuid
        self.source = source
        definedSource = source
    }

    /// Whether its folder is empty while it is stopped, since libvirt mounts what is in it.
    package var isMounted: Bool { source.isMounted }

    /// Whether what is in it cannot be seen now: libvirt mounts its file system when it starts.
    package var hidesContents: Bool { !isActive && definedSource.isMounted }
}
