extension Rule {
    /// Disks can only be in pools that the cluster has, or the node that the instance is pinned to.
    static let poolsExist = Rule(needsEverything: true) { cluster in
        cluster.instances.values.flatMap { instance -> [Diagnostic] in
            let named = [("pool", instance.pool)] + instance.disks.map { ("disks.\($0.name).pool", $0.pool) }
            let ofNodes =
                if let pin = instance.node {
                    cluster.nodes[pin].map { Set($0.pools.keys) } ?? []
                } else {
                    Set(cluster.nodes.values.flatMap(\.pools.keys))
                }
            return named.compactMap { path, pool in
                guard let place = instance.positions[path], cluster.pools[pool] == nil, !ofNodes.contains(pool) else {
                    return nil
                }
                let known = ofNodes.union(cluster.pools.keys).map(\.text)
                return Diagnostic(
                    at: place, "there is no pool \"\(pool)\"",
                    remedy: NearMiss.remedy(for: pool.text, in: known, noun: "pool"))
            }
        }
    }
}
