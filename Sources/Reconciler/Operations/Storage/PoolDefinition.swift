package import Spec

/// A folder pool to be there.
package struct PoolDefinition: Sendable, Hashable {
    package var name: String
    package var path: String
    package var uuid: UniqueID
    /// What libvirt makes it of.
    package var source: PoolSource

    package init(name: String, path: String, uuid: UniqueID, source: PoolSource = .standard) {
        self.name = name
        self.path = path
        self.uuid = uuid
        self.source = source
    }

    /// Whether its folder is empty until it is started, since libvirt mounts what is in it.
    package var isMounted: Bool { source.isMounted }
}
