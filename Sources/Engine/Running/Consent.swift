package import Reconciler

/// What must be agreed to before a plan is carried out, and by whom.
package struct Consent: Sendable {
    /// Who agrees to deletions.
    package enum Deletions: Sendable, Hashable {
        /// They are what the run is for.
        case wanted
        /// At most so many, where nobody is asked; a yes covers what the plan shows.
        case limited(Int)
    }

    /// Asks somebody about the plan, who has seen it; nil where everything is agreed to beforehand.
    package let ask: (@Sendable (Plan) async -> Bool)?
    package let deletions: Deletions

    package init(deletions: Deletions, ask: (@Sendable (Plan) async -> Bool)?) {
        self.deletions = deletions
        self.ask = ask
    }

    /// Why a plan may not be carried out as it is; nil where it may, or where somebody is asked.
    func objection(to plan: Plan) -> RunRefusal? {
        guard ask == nil, case .limited(let limit) = deletions, plan.deletionCount > limit else { return nil }
        return .deletions(count: plan.deletionCount, limit: limit)
    }
}
