import Reconciler
import Spec

extension ConnectedNode {
    /// Carries out one operation, by the driver of its subject.
    func perform(
        _ operation: Reconciler.Operation, _ expectation: Step.Expectation,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        switch operation {
        case .domain(let operation): try await perform(operation, expectation, report)
        case .update(let update): try await self.update(update, expectation, report)
        case .snapshot(let operation): try await perform(operation, expectation, report)
        case .move(let part): try await perform(part.stage, of: part.move, expectation, report)
        case .storage(let operation): try await perform(operation, report)
        case .network(let operation): try await perform(operation, expectation)
        case .role(let step): try await change(step, expectation, report)
        case .roster(.write(let roster)): try await write(roster)
        case .roster(.delete): try await deleteRoster()
        case .barrier: .unchanged
        }
    }
}
