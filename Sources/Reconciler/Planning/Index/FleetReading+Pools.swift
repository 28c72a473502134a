import Spec

extension FleetReading {
    /// The pools of a node that this cluster defined and that no pool of the spec is over any more; all of them in a destroy.
    func leavingPools(of node: ObservedNode) -> [ObservedPool] {
        let wanted = isDestroy ? [] : Set(cluster.pools(on: node.name).map(\.path))
        return node.pools.filter { names.defined($0, on: node.name) && !wanted.contains($0.path) }
    }

    /// Why a pool is not what the spec says where something else is in its place; nil where nothing is, or what is can
    /// be set right.
    func otherStorage(_ pool: Pool, on node: ObservedNode) -> Obstacle? {
        guard let there = node.pools.first(where: { $0.path == pool.path }),
            there.isActive || !names.defined(there, on: node.name)
        else { return nil }
        let differences = pool.differences(from: there.source)
        guard let first = differences.first else { return nil }
        return Obstacle(
            "the pool \(there.name) over \(pool.path) has the \(first.key) \(first.old ?? "none"), not \(first.new)",
            remedy: "stop that pool, if nothing in it is needed, or change the spec")
    }
}
