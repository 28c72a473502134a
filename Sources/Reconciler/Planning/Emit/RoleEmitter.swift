import Spec

/// Brings the roles of running guests to what the spec wants.
struct RoleEmitter: Emitter {
    let decisions: Decisions
    var graph: PlanGraph
    /// Instances that nobody should be sent to, as their roles are.
    var unfit: Set<Name> = []
    /// For each group what was tried of its members' roles and taken back.
    var failedAttempts: [Name: [(role: Name, attempt: FailedAttempt)]] = [:]

    init(decisions: Decisions, graph: PlanGraph) {
        self.decisions = decisions
        self.graph = graph
    }

    mutating func emit() {
        planRoles()
    }
}
