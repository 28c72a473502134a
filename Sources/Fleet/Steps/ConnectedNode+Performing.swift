import Reconciler
import Spec

extension ConnectedNode {
    /// Carries out one operation, by the driver of its subject.
    func perform(
        _ operation: Reconciler.Operation, _ expectation: Step.Expectation,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        switch operation {
        case .domain(let operation): try await context.domains.perform(operation, expectation, report)
        case .update(let update): try await context.updates.update(update, expectation, report)
        case .snapshot(let operation): try await context.snapshots.perform(operation, expectation, report)
        case .move(let part): try await context.moves.perform(part.stage, of: part.move, expectation, report)
        case .storage(let operation): try await context.storage.perform(operation, report)
        case .network(let operation): try await context.networks.perform(operation, expectation)
        case .firewall(let operation): try await context.firewalls.perform(operation)
        case .role(let step): try await context.roles.change(step, expectation, report)
        case .roster(.write(let roster)): try await context.rosters.write(roster)
        case .roster(.delete): try await context.rosters.deleteRoster()
        case .barrier: .unchanged
        }
    }
}
