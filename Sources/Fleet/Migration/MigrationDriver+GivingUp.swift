import Libvirt
import Reconciler
import Spec

/// Giving up a migration that runs.
extension MigrationDriver {
    /// Has libvirt end the migration, after which the guest goes on here, and helps where that does not.
    ///
    /// While disks are copied QEMU waits for an answer before it ends anything. Where the link is cut none comes, until
    /// the kernel gives the connections up: so they are ended here, where the node lets its tools do so.
    func giveUp(_ move: InstanceMove) async {
        guard let id = try? move.uuid.libvirt else { return }
        let abort = Task { [connection] in
            _ = try? await connection.changes.call("aborting the migration of \(move.name)") { try $0.abortJob(id) }
        }
        try? await Task.sleep(for: MigrationDriver.patience)
        // A guest that runs over there already must have its connections.
        if await runsHere(move) {
            let ports = await peers[move.to]?.migrationPorts() ?? MigrationPorts.usual
            _ = try? await connection.commands.run(
                "ending the connections of \(move.name)",
                MigrationScripts.cut(
                    domain: move.name, lowest: "\(ports.lowerBound)", highest: "\(ports.upperBound)"),
                timeout: .seconds(20))
        }
        await abort.value
    }

    /// Whether the guest runs here, asked in a way that libvirt answers also while its QEMU does not.
    private func runsHere(_ move: InstanceMove) async -> Bool {
        guard let id = try? move.uuid.libvirt, let channel = try? await connection.ownChannel() else { return false }
        let summary = try? await channel.call("reading the state of \(move.name)") { try $0.domainSummary(id) }
        await channel.connection.close()
        return summary.map { ObservedDomain.Power($0.state) == .running } ?? false
    }

    /// Whether libvirt still has a migration of the domain here, or is too busy with it to say.
    private func hasLeftOver(of move: InstanceMove) async -> Bool {
        do {
            let id = try move.uuid.libvirt
            return try await connection.reader.call("checking whether \(move.name) is still migrating") {
                try $0.migrationProgress(id)
            } != nil
        } catch let error as LibvirtError {
            return !error.isConnectionLost && !error.isNoDomain
        } catch { return false }
    }

    /// Ends a migration that libvirt goes on with although whoever asked for it has given up.
    func endLeftOver(of move: InstanceMove) async {
        guard await hasLeftOver(of: move) else { return }
        await giveUp(move)
    }

    /// Undoes at once what a failed stage left, where the source surely has the domain: the destination's stopped
    /// definition and files go, and the source starts the domain with the node again as it is to.
    ///
    /// What cannot be done now is left to the next run; the mark still says where the domain was to go. It is done in a
    /// task of its own, so that a run that is interrupted does it as well.
    func takeBack(_ move: InstanceMove) async {
        guard let source = node == move.from ? self : try? peer(move.from),
            let destination = node == move.to ? self : try? peer(move.to)
        else { return }
        await Task {
            guard (try? await destination.discardStopped(move)) == true else { return }
            _ = try? await source.giveBack(move)
        }.value
    }

    /// Restores the source: running, and with its autostart.
    private func giveBack(_ move: InstanceMove) async throws -> StepResult {
        try await domains.change(move.uuid, move.name, .none) { domain in
            guard domain.mark?.move == move.mark else { return .unchanged }
            _ = try? await domains.goOn(domain)
            return try await domains.set(autostart: move.autostart, of: domain)
        }
    }

    /// Discards what the move made here, and says whether nothing of it is left.
    ///
    /// libvirt may still be ending the destination's half when the source has its answer: it is waited for a little.
    private func discardStopped(_ move: InstanceMove) async throws -> Bool {
        for _ in 0..<20 {
            guard let half = try await connection.domain(move.uuid), half.postCopy == nil, half.isActive else { break }
            try await Task.sleep(for: .milliseconds(250))
        }
        if case .skipped = try await discard(move) { return false }
        return true
    }

    /// How long libvirt is given to end a migration by itself.
    private static let patience = Duration.seconds(5)
}
