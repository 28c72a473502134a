/// The things of a cluster in the order in which they are written, so that "first" means the same in each run.
extension Cluster {
    var orderedNodes: [Node] {
        nodes.values.sorted { ($0.position, $0.name) < ($1.position, $1.name) }
    }

    var orderedNetworks: [Network] {
        networks.values.sorted { ($0.position, $0.name) < ($1.position, $1.name) }
    }

    var orderedInstances: [Instance] {
        instances.values.sorted { ($0.position, $0.member ?? 0, $0.name) < ($1.position, $1.member ?? 0, $1.name) }
    }
}
