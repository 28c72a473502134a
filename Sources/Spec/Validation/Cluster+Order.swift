/// The things of a cluster in the order in which they are written, so that "first" means the same in each run.
extension Cluster {
    var orderedNodes: [Node] {
        nodes.values.sorted { ($0.position, $0.name) < ($1.position, $1.name) }
    }

    var orderedNetworks: [Network] {
        networks.values.sorted { ($0.position, $0.name) < ($1.position, $1.name) }
    }

    var orderedInstances: [Instance] {
        // Places first: an instance is a large value, and sorting moves what it sorts.
        let places = instances.map { (position: $0.value.position, member: $0.value.member ?? 0, name: $0.key) }
        return places.sorted { $0 < $1 }.compactMap { instances[$0.name] }
    }
}
