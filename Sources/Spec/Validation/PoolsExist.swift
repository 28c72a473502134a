extension Rule {
    /// Disks can only be in pools that the cluster has, or the node that the instance is pinned to.
    static let poolsExist = Rule(needsEverything: true) { cluster in
        let ofAllNodes = Set(cluster.nodes.values.flatMap(\.pools.keys))
        var suggestions: [Name?: Suggestions] = [:]
        return cluster.orderedInstances.flatMap { instance -> [Diagnostic] in
            let named = [("pool", instance.pool)] + instance.disks.map { ("disks.\($0.name).pool", $0.pool) }
            let ofNodes =
                if let pin = instance.node {
                    cluster.nodes[pin].map { Set($0.pools.keys) } ?? []
                } else {
                    ofAllNodes
                }
            return named.compactMap { path, pool in
                guard let place = instance.positions[path], cluster.pools[pool] == nil, !ofNodes.contains(pool) else {
                    return nil
                }
                let known =
                    suggestions[instance.node]
                    ?? Suggestions(ofNodes.union(cluster.pools.keys).map(\.text), noun: "pool")
                suggestions[instance.node] = known
                return Diagnostic(
                    at: place, "there is no pool \"\(pool)\"",
                    remedy: known.remedy(for: pool.text))
            }
        }
    }
}
