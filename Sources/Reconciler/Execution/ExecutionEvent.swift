/// What happens while a plan is carried out, as it happens.
package enum ExecutionEvent: Sendable {
    case started(Step)
    case progress(Step, StepProgress)
    case ended(Step, ExecutionReport.Outcome)
}
