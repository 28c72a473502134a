package import Spec

/// Runs a plan's steps, each when what it needs is done.
package struct Executor: Sendable {
    /// How much runs at once.
    package struct Limits: Sendable, Hashable {
        package var perNode: Int
        package var overall: Int

        package init(perNode: Int = 8, overall: Int = 64) {
            self.perNode = perNode
            self.overall = overall
        }
    }

    let drivers: [Name: any NodeDriver]
    let limits: Limits

    package init(drivers: [Name: any NodeDriver], limits: Limits = Limits()) {
        self.drivers = drivers
        self.limits = limits
    }

    /// Carries out the plan and reports how each step ended; never throws and never stops at the first failure.
    ///
    /// Cancelling the task starts no new steps and lets the running ones finish or undo.
    package func run(_ plan: Plan, report: @escaping @Sendable (ExecutionEvent) -> Void) async -> ExecutionReport {
        ExecutionReport(outcomes: [], wasInterrupted: false)
    }
}
