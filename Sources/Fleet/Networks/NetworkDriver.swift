import Reconciler
import Spec

/// Carries out what is done to networks.
struct NetworkDriver: SubjectDriver {
    let context: NodeContext

    /// Carries out what is done to a network.
    func perform(_ operation: NetworkOperation, _ expectation: Step.Expectation) async throws -> StepResult {
        switch operation {
        case .define(let network): try await define(network, expectation)
        case .start(let uuid, let name):
            try await changeNetwork(uuid, name, expectation) { try await startAndPlug($0) }
        case .setAutostart(let uuid, let name, let autostart):
            try await changeNetwork(uuid, name, expectation) { try await set(autostart: autostart, of: $0) }
        case .updateReservations(let uuid, let name, let add, let remove):
            try await changeNetwork(uuid, name, expectation) { try await update($0, add: add, remove: remove) }
        case .change(let network, let restart):
            try await changeNetwork(network.mark.uuid, network.name, expectation) {
                try await change($0, to: network, restart: restart)
            }
        case .carry(let uuid, let name, let overlay):
            try await changeNetwork(uuid, name, expectation) { try await carry($0, as: overlay) }
        case .plugGuests(let uuid, let name):
            try await changeNetwork(uuid, name, expectation) { try await plugGuests(into: $0.name) }
        case .delete(let uuid, let name): try await deleteNetwork(uuid, name, expectation)
        }
    }
}
