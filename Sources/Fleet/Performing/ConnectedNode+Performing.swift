import Reconciler
import Spec

extension ConnectedNode {
    /// Carries out one operation, each in the file of its topic.
    func perform(
        _ operation: Reconciler.Operation, _ expectation: Step.Expectation,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        switch operation {
        case .ensurePool(let pool): try await ensure(pool)
        case .deletePool(let pool): try await delete(pool)
        case .fetchImage(let image): try await fetch(image, report)
        case .deleteImage(let path): try await deleteImage(path)
        case .defineNetwork(let network): try await define(network, expectation)
        case .startNetwork(let uuid, let name):
            try await changeNetwork(uuid, name, expectation) { try await startAndPlug($0) }
        case .setNetworkAutostart(let uuid, let name, let autostart):
            try await changeNetwork(uuid, name, expectation) { try await set(autostart: autostart, of: $0) }
        case .updateReservations(let uuid, let name, let add, let remove):
            try await changeNetwork(uuid, name, expectation) { try await update($0, add: add, remove: remove) }
        case .changeNetwork(let network, let restart):
            try await changeNetwork(network.mark.uuid, network.name, expectation) {
                try await change($0, to: network, restart: restart)
            }
        case .plugGuests(let uuid, let name):
            try await changeNetwork(uuid, name, expectation) { try await plugGuests(into: $0.name) }
        case .deleteNetwork(let uuid, let name): try await deleteNetwork(uuid, name, expectation)
        case .defineDomain(let domain): try await define(domain, expectation)
        case .createVolume(let volume): try await create(volume)
        case .writeSeed(let seed): try await write(seed)
        case .finishCreation(let uuid, let name):
            try await change(uuid, name, expectation) { try await mark($0) { $0.phase = .active } }
        case .startDomain(let uuid, let name): try await start(uuid, name, expectation)
        case .stopDomain(let uuid, let name, let timeout, let force):
            try await stop(uuid, name, expectation, timeout: timeout, force: force, report)
        case .setAutostart(let uuid, let name, let autostart):
            try await change(uuid, name, expectation) { try await set(autostart: autostart, of: $0) }
        case .setProtect(let uuid, let name, let protect):
            try await change(uuid, name, expectation) { try await mark($0) { $0.protect = protect } }
        case .awaitReady(let check): try await awaitReady(check, expectation, report)
        case .markDeleting(let uuid, let name): try await markDeleting(uuid, name, expectation)
        case .deleteVolume(let path, let owner): try await deleteVolume(path, of: owner)
        case .undefineDomain(let uuid, let name): try await undefine(uuid, name, expectation)
        case .adoptDomain(let uuid, let name, let mark): try await adopt(uuid, name, mark, expectation)
        case .createSnapshot(let uuid, let name, let snapshot, let withMemory):
            try await change(uuid, name, expectation) {
                try await createSnapshot(snapshot, of: $0, withMemory: withMemory, report)
            }
        case .revertSnapshot(let uuid, let name, let snapshot):
            try await change(uuid, name, expectation) { try await revert($0, to: snapshot) }
        case .deleteSnapshot(let uuid, let name, let snapshot):
            try await change(uuid, name, expectation) { try await deleteSnapshot(snapshot, of: $0) }
        case .updateDomain(let update): try await self.update(update, expectation, report)
        case .move(let stage, let move): try await perform(stage, of: move, expectation, report)
        case .changeSite(let site): try await change(site, expectation, report)
        case .writeRoster(let roster): try await write(roster)
        case .deleteRoster: try await deleteRoster()
        case .barrier: .unchanged
        }
    }
}
