/// How every step of a plan ended.
package struct ExecutionReport: Sendable, Equatable {
    package enum Outcome: Sendable, Equatable {
        case done
        case unchanged
        /// The object was no longer what the plan was made for.
        case skipped(String)
        case failed(StepError)
        /// It was not tried, because a step it needs did not succeed, or its node was lost at that step.
        ///
        /// The step named is the one that failed or was skipped itself, however many lie between.
        case dependencyFailed(StepID)
        /// The run was interrupted before it began.
        case notStarted

        /// Whether what the step was for is so now.
        package var isSuccess: Bool { self == .done || self == .unchanged }
    }

    /// In the order in which they ended.
    package var outcomes: [(step: Step, outcome: Outcome)]
    /// Whether the run was cancelled with something left undone.
    package var wasInterrupted: Bool

    package init(outcomes: [(step: Step, outcome: Outcome)], wasInterrupted: Bool) {
        self.outcomes = outcomes
        self.wasInterrupted = wasInterrupted
    }

    package static func == (left: ExecutionReport, right: ExecutionReport) -> Bool {
        left.wasInterrupted == right.wasInterrupted
            && left.outcomes.elementsEqual(right.outcomes) { $0.step == $1.step && $0.outcome == $1.outcome }
    }
}
