package import Reconciler
package import Spec

/// A node that could not be reached: its observation says why, and nothing can be done on it.
package struct UnreachableNode: NodeDriver {
    package let node: Name
    let cause: Unreachable

    package func observe() async -> NodeObservation { .unknown(cause) }

    package func perform(
        _ step: Step, report: @escaping @Sendable (StepProgress) -> Void
    ) async throws(StepError) -> StepResult {
        throw StepError(
            "\(step.operation.words.purpose) on \(node)", causes: [cause.summary], remedy: cause.remedy,
            isNodeLost: true)
    }
}
