package import Reconciler

/// What happens in a run, as it happens.
package enum RunEvent: Sendable {
    /// The plan is ready; nothing of it is done yet.
    case planned(Plan)
    /// The plan would do harm, which is a defect of kvmctl; nothing is done.
    case rejected([Violation])
    /// Nothing is done, for a reason that a person can change.
    case refused(RunRefusal)
    /// Whoever was asked did not agree; nothing is done.
    case declined
    /// The run was interrupted before anything was changed.
    case interrupted
    /// The first step is about to begin.
    case began
    /// Something happened to a step.
    case step(ExecutionEvent)
    /// The run is interrupted: what runs is finished or undone, nothing new begins.
    case stopping
    /// The last step has ended.
    case finished(RunResult)
}

/// What came of the steps of a plan.
package struct RunResult: Sendable {
    package let plan: Plan
    package let report: ExecutionReport
    /// From the first step to the last.
    package let duration: Duration
    /// What the run ends with, the plan included.
    package let status: RunStatus
}
