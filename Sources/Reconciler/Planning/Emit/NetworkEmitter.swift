import Spec

/// Makes, starts and changes networks.
struct NetworkEmitter: Emitter {
    let decisions: Decisions
    var graph: PlanGraph
    /// The instances of each node that are there, in order; nil until somebody asks.
    private var existingByNode: [Name: [Instance]]?
    /// The nodes that answer and on which an instance will have a NIC in an overlay, by network.
    var usingNodes: [Name: Set<Name>] = [:]
    /// The nodes that carry a network between them, each with its address for the others, by network.
    private var carriersByNetwork: [Name: [Name: IPv4Address]] = [:]

    init(decisions: Decisions, graph: PlanGraph) {
        self.decisions = decisions
        self.graph = graph
    }

    /// The instances that are there on a node, in order.
    mutating func existing(on node: Name) -> [Instance] {
        let known = existingByNode ?? Dictionary(grouping: existing) { owned[$0.name]?.node ?? identity.name }
        existingByNode = known
        return known[node] ?? []
    }

    /// The nodes that carry a network between them, each with its address for the others.
    mutating func carriers(of network: Network) -> [Name: IPv4Address] {
        if let known = carriersByNetwork[network.name] { return known }
        let found = findCarriers(of: network)
        carriersByNetwork[network.name] = found
        return found
    }

    mutating func emit() {
        planNetworks()
    }
}
