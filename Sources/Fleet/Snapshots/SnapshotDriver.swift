import Reconciler
import Spec

/// Makes, removes and goes back to snapshots.
struct SnapshotDriver: SubjectDriver {
    let context: NodeContext

    /// Carries out what is done to snapshots.
    func perform(
        _ operation: SnapshotOperation, _ expectation: Step.Expectation,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        switch operation {
        case .create(let uuid, let name, let snapshot, let withMemory):
            try await domains.change(uuid, name, expectation) {
                try await createSnapshot(snapshot, of: $0, withMemory: withMemory, report)
            }
        case .revert(let uuid, let name, let snapshot):
            try await domains.change(uuid, name, expectation) { try await revert($0, to: snapshot) }
        case .delete(let uuid, let name, let snapshot):
            try await domains.change(uuid, name, expectation) { try await deleteSnapshot(snapshot, of: $0) }
        }
    }
}
