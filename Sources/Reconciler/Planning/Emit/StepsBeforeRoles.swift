import Spec

/// What the plan has for each instance before its roles are looked at.
struct StepsBeforeRoles {
    /// Those that come up in this plan.
    private(set) var boots: Set<ObjectReference> = []
    /// The last step of each.
    private(set) var last: [ObjectReference: StepID] = [:]
    /// The places of their creations among the changes.
    private(set) var creations: [ObjectReference: [Int]] = [:]

    init(_ graph: PlanGraph) {
        for step in graph.steps {
            last[step.object] = step.id
            if step.operation.isReadyWait { boots.insert(step.object) }
        }
        for (index, change) in graph.findings.changes.enumerated() where change.action == .create {
            creations[change.object, default: []].append(index)
        }
    }
}
