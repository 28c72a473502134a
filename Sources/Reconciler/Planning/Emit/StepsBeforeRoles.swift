import Spec

/// What the plan has for each instance before its roles are looked at.
struct StepsBeforeRoles {
    /// Those that come up in this plan.
    private(set) var boots: Set<ObjectReference> = []
    /// The last step of each.
    private(set) var last: [ObjectReference: StepID] = [:]
    /// What the mark of each says is applied when those steps are done, where they change that.
    private(set) var applied: [ObjectReference: [String: String]] = [:]
    /// The step of each that writes that.
    private(set) var records: [ObjectReference: StepID] = [:]
    /// Where the first change of each stands by which it comes up.
    private(set) var changes: [ObjectReference: Int] = [:]

    init(_ graph: PlanGraph) {
        for step in graph.steps {
            last[step.object] = step.id
            if step.operation.isReadyWait { boots.insert(step.object) }
            if case .update(let update) = step.operation, case .record(let fields) = update.action {
                applied[step.object] = fields
                records[step.object] = step.id
            }
        }
        for (index, change) in graph.findings.changes.enumerated() {
            guard [.create, .replace, .start, .update].contains(change.action), change.blocked == nil else { continue }
            // What makes or starts it says more than what changes with it.
            let isPlain = change.action == .update
            if let known = changes[change.object], isPlain || graph.findings.changes[known].action != .update {
                continue
            }
            changes[change.object] = index
        }
    }
}
