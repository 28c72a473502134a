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
        for place in graph.steps.indices {
            let object = graph.steps[place].object
            // Steps of one object mostly follow each other: the last of them is enough.
            let isLast = place + 1 == graph.steps.count || graph.steps[place + 1].object != object
            if isLast { last[object] = graph.steps[place].id }
            let operation = graph.steps[place].operation
            if operation.isReadyWait { boots.insert(object) }
            if case .update(let update) = operation, case .record(let fields) = update.action {
                applied[object] = fields
                records[object] = graph.steps[place].id
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
