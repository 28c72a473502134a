package import Spec

/// What was asked of the planner beside its intent.
package struct PlanningOptions: Sendable, Hashable {
    /// The instance whose placement is to be explained.
    package var explained: Name?
    /// How far apart nodes' loads may be, from 0 to 1, before instances move for a better balance; nil where balance
    /// was not asked for.
    package var balance: Double?
    /// Data disks that may go though their instance stays or the others are kept, such as `db.data`.
    package var deletedDisks: Set<String> = []
    /// Whether changes that were tried and rolled back are tried again.
    package var retries: Bool

    package init(explained: Name? = nil, balance: Double? = nil, retries: Bool = false) {
        self.explained = explained
        self.balance = balance
        self.retries = retries
    }
}
