/// A place for disks on nodes.
package struct Pool: Sendable, Equatable {
    package var name: Name
    package var type: PoolType = .standard
    /// An absolute path on the node: the folder that the volumes are files of.
    package var path: String
    /// Whether every node sees the same storage there.
    package var shared = false
    /// What is put into it, as the spec says; nil for everything.
    ///
    /// What is there stays.
    package var content: Set<PoolContent>?
    /// What the spec says of the type's own fields, by their keys.
    package var settings: [String: String] = [:]
    /// Nil for the built-in `local` pool.
    package var position: Position?

    package init(name: Name, path: String, position: Position? = nil) {
        self.name = name
        self.path = path
        self.position = position
    }

    /// The folder of the pool that disks go to when the spec names none.
    package static let localPath = "/var/lib/libvirt/images"

    /// What libvirt is to make the pool of.
    package var source: PoolSource { type.source(settings) }

    /// What a pool that is there is made of otherwise than the spec says, in the order of the type's fields.
    package func differences(from there: PoolSource) -> [PoolDifference] {
        let wanted = source
        guard !there.fits(wanted) else { return [] }
        guard type.matches(there) else {
            let other = PoolType.matching(there)?.key ?? there.libvirtType
            return [PoolDifference(key: PoolKeys.type.name, old: other, new: type.key)]
        }
        return type.fields.compactMap { field in
            guard let new = wanted.values[field.place], there.values[field.place] != new else { return nil }
            return PoolDifference(
                key: field.key.name, old: field.value(of: there.values[field.place]),
                new: field.value(of: new) ?? new)
        }
    }
}

/// A field in which a pool that is there differs from its spec.
package struct PoolDifference: Sendable, Equatable {
    package let key: String
    package let old: String?
    package let new: String
}

extension Cluster {
    /// The pools as they are on a node, sorted by name.
    package func pools(on node: Name) -> [Pool] {
        pools.merging(nodes[node]?.pools ?? [:]) { _, own in own }.values.sorted { $0.name < $1.name }
    }
}
