import Reconciler

/// What must be agreed to before a plan is carried out.
struct Consent: Sendable {
    /// Who agrees to deletions.
    enum Deletions: Sendable, Hashable {
        /// `destroy` was asked for: that is what it does.
        case wanted
        /// At most so many, where nobody is asked; a yes at the terminal covers what the plan shows.
        case limited(Int)
    }

    var isApprovedBeforehand: Bool
    var deletions: Deletions

    /// Why a plan may not be carried out as it is; nil where it may, or where somebody can be asked.
    func objection(to plan: Plan) -> String? {
        guard isApprovedBeforehand, case .limited(let limit) = deletions, plan.deletionCount > limit else { return nil }
        let count = DiagnosticsView.phrase(plan.deletionCount, "thing") ?? ""
        let allowed = limit == 0 ? "none may be deleted" : "only \(limit) may be deleted"
        return "The plan deletes or replaces \(count), and \(allowed) without a yes at a terminal. "
            + "Nothing was changed. To allow this plan, pass --max-deletes \(plan.deletionCount)"
    }
}
