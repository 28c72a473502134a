import Spec

extension FleetReading {
    /// The pools of a node that this cluster defined and that no pool of the spec is over any more; all of them in a destroy.
    func leavingPools(of node: ObservedNode) -> [ObservedPool] {
        let wanted = isDestroy ? [] : Set(cluster.pools(on: node.name).map(\.path))
        return node.pools.filter { names.defined($0, on: node.name) && !wanted.contains($0.path) }
    }
}
