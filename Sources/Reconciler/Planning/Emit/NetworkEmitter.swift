import Spec

/// Makes, starts and changes networks.
struct NetworkEmitter: Emitter {
    let decisions: Decisions
    var graph: PlanGraph
    /// The instances of each node that are there, in order; nil until somebody asks.
    private var existingByNode: [Name: [Instance]]?

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

    mutating func emit() {
        planNetworks()
    }
}
