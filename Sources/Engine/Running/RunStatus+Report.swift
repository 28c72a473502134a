package import Reconciler

extension RunStatus {
    /// Everything that how the steps ended makes a run end with.
    ///
    /// Work that was not done because its node is gone is because that node is unreachable, not a failure of the run.
    package static func all(of report: ExecutionReport) -> [RunStatus] {
        var lost: Set<StepID> = []
        for (step, outcome) in report.outcomes {
            if case .failed(let error) = outcome, error.isNodeLost { lost.insert(step.id) }
        }
        var statuses: [RunStatus] = report.wasInterrupted ? [.interrupted] : []
        for (step, outcome) in report.outcomes {
            switch outcome {
            case .done, .unchanged: break
            case .failed: statuses.append(lost.contains(step.id) ? .nodeUnreachable : .failed)
            case .dependencyFailed(let root): statuses.append(lost.contains(root) ? .nodeUnreachable : .failed)
            case .skipped: statuses.append(.failed)
            case .notStarted: statuses.append(.interrupted)
            }
        }
        return statuses
    }
}
