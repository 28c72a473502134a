import Spec

extension PoolEmitter {
    /// Sets right the definitions of pools that this cluster defined.
    ///
    /// A pool that runs is never put onto other storage: what is in it would be gone for its users.
    mutating func planPoolChanges() {
        guard !isDestroy else { return }
        for observed in answeredNames.compactMap({ answered[$0] }) {
            for pool in cluster.pools(on: observed.name) {
                guard
                    let there = observed.pools.first(where: {
                        $0.path == pool.path && names.defined($0, on: observed.name)
                    }), !graph.isFulfilled(.pool(Location(node: observed.name, what: pool.path)))
                else { continue }
                change(there, to: pool, on: observed)
            }
        }
    }

    private mutating func change(_ there: ObservedPool, to pool: Pool, on observed: ObservedNode) {
        let node = observed.name
        let running = there.isActive ? pool.differences(from: there.source) : []
        let differences = running.isEmpty ? pool.differences(from: there.definedSource) : running
        guard !differences.isEmpty else { return }
        // No mark says what was applied; a pool that runs as the spec says was, at least.
        let isDrift = there.isActive && running.isEmpty
        let object = ObjectReference(.pool, there.name, on: node)
        var change = Change(
            .update, object, reason: "it differs from the spec",
            fields: differences.map { difference in
                FieldChange(
                    path: difference.key, old: difference.old, new: difference.new, effect: .live,
                    origin: isDrift ? .drift : .edit, position: pool.position)
            }, position: pool.position)
        if !running.isEmpty {
            change.blocked =
                "it is in use; once nothing in it is needed, stop it there: virsh pool-destroy \(there.name)"
        } else if pool.type.isMounted, !there.definedSource.isMounted, let path = firstFile(below: pool.path, observed)
        {
            change.blocked =
                "the folder \(pool.path) contains \(path), which the mount would hide; move its files away first"
        } else {
            ensure(pool, object, on: node)
        }
        graph.findings.changes.append(change)
    }

    /// A file in a pool's folder that was seen or that a domain has as a disk, the first by name.
    private func firstFile(below folder: String, _ observed: ObservedNode) -> String? {
        let disks = observed.domains.flatMap(\.reachedPaths)
        return (observed.volumes.keys + disks).filter { $0.folder == folder }.min()
    }
}
