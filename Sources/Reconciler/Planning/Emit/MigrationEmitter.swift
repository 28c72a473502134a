import Spec

/// Ends moves that earlier runs began, and makes those of this plan.
struct MigrationEmitter: Emitter {
    let decisions: Decisions
    var graph: PlanGraph
    /// The steps so far that move an instance from or to a node.
    var migrationsByNode: [Name: [StepID]] = [:]

    init(decisions: Decisions, graph: PlanGraph) {
        self.decisions = decisions
        self.graph = graph
    }

    mutating func emit() {
        planMoves()
    }
}
