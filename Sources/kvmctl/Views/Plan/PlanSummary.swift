import Reconciler
import Spec

/// What a plan comes to, in numbers.
struct PlanSummary {
    /// How many changes there are of each action that can be carried out; actions without any are left out.
    let counts: [(action: Action, count: Int)]
    /// Changes that cannot be carried out now.
    let blocked: Int
    let refused: Int
    /// Nodes that did not answer, sorted.
    let unknown: [Name]
    /// What guests and repositories could not be asked.
    let unanswered: Int

    init(_ plan: Plan) {
        let carriedOut = plan.changes.filter { $0.blocked == nil }
        counts = Action.allCases.compactMap { action in
            let count = carriedOut.count { $0.action == action }
            return count == 0 ? nil : (action, count)
        }
        blocked = plan.changes.count - carriedOut.count
        refused = plan.refusals.count
        unknown = plan.unreachableNodes.map(\.node).sorted()
        unanswered = plan.unknowns.count
    }

    /// One line such as `Plan: 2 create, 1 delete; 1 cannot be changed yet; kvm2 unknown`.
    var sentence: String {
        var clauses: [String] = []
        if blocked > 0 { clauses.append("\(blocked) cannot be changed yet") }
        if refused > 0 { clauses.append("\(refused) refused") }
        if !unknown.isEmpty { clauses.append("\(unknown.map(\.text).joined(separator: ", ")) unknown") }
        if unanswered > 0 { clauses.append("\(unanswered) unknown") }
        guard !counts.isEmpty else {
            return clauses.isEmpty ? "Nothing to do." : "Nothing to do now; " + clauses.joined(separator: "; ")
        }
        let actions = counts.map { "\($0.count) \($0.action.rawValue)" }.joined(separator: ", ")
        return (["Plan: \(actions)"] + clauses).joined(separator: "; ")
    }
}
