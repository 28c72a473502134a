/// How every step of a plan ended.
package struct ExecutionReport: Sendable, Equatable {
    package enum Outcome: Sendable, Equatable {
        case done
        case unchanged
        /// The object was no longer what the plan was made for.
        case skipped(String)
        case failed(StepError)
        /// A step it needs did not succeed.
        case dependencyFailed(StepID)
        /// The run was interrupted before it began.
        case notStarted
    }

    /// In the order in which they ended.
    package var outcomes: [(step: Step, outcome: Outcome)]
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
