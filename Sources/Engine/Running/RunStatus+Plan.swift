package import Reconciler

extension RunStatus {
    /// What a plan alone makes a run end with.
    ///
    /// - Parameter reportsPending: whether it counts that there is something to do.
    package static func all(of plan: Plan, reportsPending: Bool) -> [RunStatus] {
        var statuses: [RunStatus] = []
        if !plan.refusals.isEmpty { statuses.append(.refused) }
        if !plan.unreachableNodes.isEmpty || !plan.unknowns.isEmpty { statuses.append(.nodeUnreachable) }
        if reportsPending, !plan.isEmpty { statuses.append(.changesPending) }
        return statuses
    }

    /// The same for a plan that is carried out: changes that are wanted and cannot be made are no success.
    ///
    /// Where a node is unreachable, that is reason enough.
    static func all(ofExecuted plan: Plan) -> [RunStatus] {
        let isBlocked = plan.unreachableNodes.isEmpty && plan.changes.contains { $0.blocked != nil }
        return all(of: plan, reportsPending: false) + (isBlocked ? [.refused] : [])
    }
}
