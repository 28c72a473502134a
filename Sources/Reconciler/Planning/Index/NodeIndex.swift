import Spec

/// Which nodes answered and are what their name says, and which cannot be asked.
struct NodeIndex {
    private let cluster: Cluster
    private(set) var answered: [Name: ObservedNode] = [:]
    /// The same, in name order.
    private(set) var names: [Name] = []
    /// Nodes of the spec that nobody knows the state of now, `offline` ones included.
    private(set) var unreachable: Set<Name> = []
    /// Which nodes share which folders, as far as anybody can tell.
    private(set) var sharing = SharedFolders()

    init(_ request: PlanningRequest) {
        cluster = request.cluster
        for (name, node) in cluster.nodes where node.state != .lost {
            if case .answered(let observed)? = request.fleet.nodes[name] {
                answered[name] = observed
            } else {
                unreachable.insert(name)
            }
        }
        note()
    }

    /// Leaves a node alone that answered, as if it had not.
    mutating func setApart(_ node: Name) {
        answered[node] = nil
        unreachable.insert(node)
        note()
    }

    private mutating func note() {
        names = answered.keys.sorted()
        sharing = SharedFolders(cluster: cluster, nodes: answered)
    }
}
