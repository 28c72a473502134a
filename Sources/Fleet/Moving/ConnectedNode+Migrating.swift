import FoundationEssentials
import Libvirt
import Reconciler
import Spec

/// Live migration, managed from here over connections to both nodes.
extension ConnectedNode {
    /// Has the domain run on the destination and be gone from here, or leaves it running here.
    func migrate(
        _ move: InstanceMove, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        let destination = try peer(move.to)
        if let arrived = try await destination.connection.domain(move.uuid) {
            guard arrived.isPersistent, arrived.power == .running, try await connection.domain(move.uuid) == nil else {
                return .skipped("\(arrived.name) is on \(move.to) already")
            }
            return .unchanged
        }
        guard try await isMoving(move) else { return .skipped("\(move.name) is not moving any more") }
        guard let domain = try await connection.domain(move.uuid), domain.power == .running else {
            return .skipped("\(move.name) does not run any more")
        }
        do {
            try await migrate(move, to: destination, report)
        } catch {
            // The answer may be lost while all of it was done.
            guard (try? await isConfirmed(move, on: destination)) == true else { throw error }
        }
        guard try await isConfirmed(move, on: destination) else {
            throw StepProblem(
                "libvirt says that \(move.name) has moved, and it does not run on \(move.to) alone",
                remedy: "Run the command again: it looks at both nodes and goes on from there.")
        }
        return .done
    }

    /// Whether the domain runs there, is defined there, and is gone from here.
    private func isConfirmed(_ move: InstanceMove, on destination: ConnectedNode) async throws -> Bool {
        guard let arrived = try await destination.connection.domain(move.uuid) else { return false }
        guard arrived.isPersistent, arrived.power == .running else { return false }
        return try await connection.domain(move.uuid) == nil
    }

    private func migrate(
        _ move: InstanceMove, to destination: ConnectedNode, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws {
        let id = try move.uuid.libvirt
        let targets = try await diskTargets(of: move)
        let source = try await connection.ownLane()
        let far: Lane
        do { far = try await destination.connection.ownLane() } catch {
            await source.connection.close()
            throw error
        }
        let options = MigrationOptions(copiedDisks: targets)
        let watch = Task { [connection] in
            let start = ContinuousClock.now
            while !Task.isCancelled {
                try await Task.sleep(for: .milliseconds(500))
                let progress = try? await connection.reader.call("asking how far \(move.name) is") {
                    try $0.migrationProgress(id)
                }
                if let progress { report(MigrationWords(progress, since: start).progress) }
            }
        }
        defer { watch.cancel() }
        let result: Result<Void, any Error> = await withTaskCancellationHandler {
            do {
                let reference = try await far.connection.reference()
                try await source.call("migrating \(move.name) to \(move.to)") {
                    try $0.migrateDomain(id, to: reference, options)
                }
                return .success(())
            } catch { return .failure(error) }
        } onCancel: { [connection] in
            // The guest goes on here; the blocked call then ends with an error.
            Task { _ = try? await connection.changes.call("ending the migration") { try $0.abortJob(id) } }
        }
        await source.connection.close()
        await far.connection.close()
        if Task.isCancelled, case .failure = result { throw CancellationError() }
        try result.get()
    }

    /// The guest-side names of the disks that are copied.
    private func diskTargets(of move: InstanceMove) async throws -> [String] {
        let id = try move.uuid.libvirt
        let xml = try await connection.reader.call("reading the disks of \(move.name)") { try $0.domainXML(id) }
        let targets = try DomainDisks.targets(xml, of: move.name)
        return try move.disks.map { disk in
            guard let target = targets[disk.path] else {
                throw StepProblem("the running domain has no disk \(disk.path)")
            }
            return target
        }
    }
}
