/// A place for disks on nodes.
package struct Pool: Sendable, Equatable {
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case dir
    }

    package var name: Name
    package var kind: Kind = .dir
    /// An absolute path on the node.
    package var path: String
    /// Whether every node sees the same storage there.
    package var shared = false
    /// Nil for the built-in `local` pool.
    package var position: Position?

    package init(name: Name, path: String, position: Position? = nil) {
        self.name = name
        self.path = path
        self.position = position
    }

    /// The folder of the pool that disks go to when the spec names none.
    package static let localPath = "/var/lib/libvirt/images"
}
