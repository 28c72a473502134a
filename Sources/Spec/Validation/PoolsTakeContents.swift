extension Rule {
    /// Disks are in pools that take them, and some pool takes their images, on one node at least that may have the instance.
    static let poolsTakeContents = Rule(needsEverything: true) { cluster in
        guard
            cluster.pools.values.contains(where: { $0.content != nil })
                || cluster.nodes.values.contains(where: { $0.pools.values.contains { $0.content != nil } })
        else { return [] }
        return cluster.orderedInstances.filter { !$0.isAdopted }.flatMap { instance -> [Diagnostic] in
            let nodes = cluster.nodes.values.filter { node in
                if let pin = instance.node { return node.name == pin }
                return node.state != .lost && instance.placement.where.allSatisfy { node.labels[$0.key] == $0.value }
            }.map(\.name).sorted()
            return cluster.refusedDisks(of: instance, on: nodes) + cluster.refusedImage(of: instance, on: nodes)
        }
    }
}

extension Cluster {
    fileprivate func refusedDisks(of instance: Instance, on nodes: [Name]) -> [Diagnostic] {
        let named =
            [("pool", instance.pool)]
            + instance.ownDisks.map { ("disks.\($0.name).pool", $0.pool) }
        return named.compactMap { path, name in
            let pools = nodes.compactMap { pool(named: name, on: $0) }
            guard let first = pools.first, !pools.contains(where: { $0.takes(.disks) }) else { return nil }
            let content = PoolContent.allCases.filter(first.takes).map(\.rawValue).joined(separator: " and ")
            return Diagnostic(
                at: instance.positions[path] ?? instance.position,
                "the pool \"\(name)\" takes no disks: its content is \(content)",
                remedy: "add disks to its content, or use another pool",
                related: first.position.map { .init("the pool", at: $0) })
        }
    }

    fileprivate func refusedImage(of instance: Instance, on nodes: [Name]) -> [Diagnostic] {
        let places = nodes.filter { pool(named: instance.pool, on: $0)?.takes(.disks) ?? false }
        guard let node = places.first, let own = pool(named: instance.pool, on: node),
            places.allSatisfy({ imagePool(of: instance, on: $0) == nil })
        else { return [] }
        let thing = (instance.installation == nil ? PoolContent.images : .iso).rawValue
        return [
            Diagnostic(
                at: instance.positions["pool"] ?? instance.position,
                "the pool \"\(own.name)\" takes no \(thing), and neither does another one that images may go to on \(node)",
                remedy: "add \(thing) to the content of one of them")
        ]
    }

    private func pool(named name: Name, on node: Name) -> Pool? { nodes[node]?.pools[name] ?? pools[name] }
}
