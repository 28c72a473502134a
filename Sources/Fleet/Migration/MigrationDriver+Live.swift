import FoundationEssentials
import Libvirt
import Reconciler
import Spec

/// Live migration, managed from here over connections to both nodes.
extension MigrationDriver {
    /// Has the domain run on the destination and be gone from here, or leaves it running here.
    func migrate(
        _ move: InstanceMove, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        let destination = try peer(move.to)
        if let arrived = try await destination.connection.domain(move.uuid) {
            guard arrived.isPersistent, arrived.power == .running, try await connection.domain(move.uuid) == nil else {
                return .skipped("\(arrived.name) is already on \(move.to)")
            }
            return try await destination.noteCompletion(of: move)
        }
        guard try await isMoving(move) else { return .skipped("\(move.name) is no longer migrating") }
        guard let domain = try await connection.domain(move.uuid), domain.power == .running else {
            return .skipped("\(move.name) is no longer running")
        }
        let watch = MigrationWatch(move.policy)
        do {
            try await migrate(move, to: destination, watch, report)
        } catch {
            // The answer may be lost while all of it was done.
            guard (try? await isConfirmed(move, on: destination)) == true else {
                if watch.isPostCopy { throw MigrationDriver.broken(move, error) }
                await endLeftOver(of: move)
                throw error
            }
        }
        try await confirm(move, on: destination)
        let id = try move.uuid.libvirt
        let result = try? await destination.connection.reader.call(
            "reading the statistics of the migration of \(move.name)"
        ) {
            try $0.migrationResult(id)
        }
        report(watch.outcome(result ?? nil))
        return .done
    }

    /// Records at the destination that the migration is complete, and makes sure that the guest runs there.
    ///
    /// libvirt says so, and undefines the source, only once the guest ran there: that is written down first, whatever became of
    /// the guest since, as nothing else tells the next run that the destination's files are the good ones.
    func confirm(_ move: InstanceMove, on destination: MigrationDriver) async throws {
        let isGone = try await connection.domain(move.uuid) == nil
        if isGone { _ = try await destination.noteCompletion(of: move) }
        guard isGone, let arrived = try await destination.connection.domain(move.uuid), arrived.isPersistent,
            arrived.power == .running
        else {
            throw StepProblem(
                "libvirt reports that \(move.name) was migrated, but it does not run on \(move.to) alone",
                remedy: "Run the command again: it inspects both nodes and continues from there.")
        }
    }

    /// Whether the domain runs there, is defined there, and is gone from here.
    private func isConfirmed(_ move: InstanceMove, on destination: MigrationDriver) async throws -> Bool {
        guard let arrived = try await destination.connection.domain(move.uuid) else { return false }
        guard arrived.isPersistent, arrived.power == .running else { return false }
        return try await connection.domain(move.uuid) == nil
    }

    private func migrate(
        _ move: InstanceMove, to destination: MigrationDriver, _ watch: MigrationWatch,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws {
        let id = try move.uuid.libvirt
        let targets = try await diskTargets(of: move)
        let source = try await connection.ownChannel()
        let far: LibvirtChannel
        do { far = try await destination.connection.ownChannel() } catch {
            await source.connection.close()
            throw error
        }
        let tunnels = move.transport == .ssh ? try await openTunnels(to: destination, forDisks: !targets.isEmpty) : nil
        defer { tunnels?.close() }
        let options = try await options(of: move, copying: targets, through: tunnels)
        let watching = Task { try await follow(move, watch, report) }
        let guarding = Task { try await giveUpWhenStalled(move, watch) }
        defer {
            watching.cancel()
            guarding.cancel()
        }
        let result: Result<Void, any Error> = await withTaskCancellationHandler {
            do {
                let reference = try await far.connection.reference()
                try await source.call("migrating \(move.name) to \(move.to)") {
                    try $0.migrateDomain(id, to: reference, options)
                }
                return .success(())
            } catch { return .failure(error) }
        } onCancel: {
            // The guest goes on here; the blocked call then ends with an error.
            Task { await giveUp(move) }
        }
        await source.connection.close()
        await far.connection.close()
        if Task.isCancelled, case .failure = result { throw CancellationError() }
        if watch.isStalled, !watch.isPostCopy, case .failure = result {
            throw StepProblem(
                "no data was sent for \(MigrationWatch.stallLimit.components.seconds) s, so the migration was aborted;"
                    + " \(move.name) keeps running on \(node)",
                remedy: "Check the link to \(move.to), then run the command again.")
        }
        try result.get()
    }

    private func options(
        of move: InstanceMove, copying targets: [String], through tunnels: MigrationTunnels?
    ) async throws -> MigrationOptions {
        var options = MigrationOptions(copiedDisks: targets)
        address(move, through: tunnels, in: &options)
        // The spec says that they are shared, and both nodes showed the same files.
        options.trustsSharedStorage = !move.stayingPaths.isEmpty
        // libvirt counts in whole mebibytes.
        options.bandwidth = move.policy.bandwidth.map { max(1, $0.bytes >> 20) }
        options.allowsPostCopy = move.policy.postCopy
        if !move.folders.isEmpty {
            let id = try move.uuid.libvirt
            let (now, later) = try await connection.changes.call("reading the domain \(move.name)") { libvirt in
                (try libvirt.domainXML(id, [.secure, .migratable]), try libvirt.domainXML(id, [.secure, .inactive]))
            }
            options.xml = try move.destinationXML(now)
            options.definition = try move.destinationXML(later)
        }
        return options
    }

    /// Says where the destination listens.
    func address(_ move: InstanceMove, through tunnels: MigrationTunnels?, in options: inout MigrationOptions) {
        if let tunnels {
            options.uri = tunnels.memoryURI
            options.disksURI = tunnels.disksURI
            options.listenAddress = MigrationTunnels.loopback
        } else if let address = move.address {
            options.uri = "tcp://\(address.contains(":") ? "[\(address)]" : address)"
        }
    }

    /// That post-copy broke off, which the next run goes on with.
    private static func broken(_ move: InstanceMove, _ error: any Error) -> StepProblem {
        StepProblem(
            "\(move.name) already runs on \(move.to) and waits for the rest of its memory, since the connection from"
                + " \(move.from) was lost: \(PlainText.line(String(describing: error)))",
            remedy: "Leave both copies as they are and run the command again: it continues from there.")
    }

    /// Reports how far a migration is until the task is cancelled, and helps it to an end.
    private func follow(
        _ move: InstanceMove, _ watch: MigrationWatch, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws {
        let id = try move.uuid.libvirt
        while !Task.isCancelled {
            try await Task.sleep(for: .milliseconds(500))
            let progress = try? await connection.reader.call("reading the progress of \(move.name)") {
                try $0.migrationProgress(id)
            }
            guard let progress = progress ?? nil else { continue }
            if let help = watch.help(at: progress, now: .now), (try? await give(help, to: move)) != nil {
                watch.gave(help)
            }
            report(watch.report)
        }
    }

    /// Aborts a migration of which nothing was sent for long, until the task is cancelled.
    ///
    /// By a clock of its own: a QEMU whose link is cut while disks are copied answers libvirt nothing, and whoever asks waits.
    ///
    /// In post-copy the guest is not here any more: that is only broken off, and both ends keep what they have.
    func giveUpWhenStalled(_ move: InstanceMove, _ watch: MigrationWatch) async throws {
        while !Task.isCancelled {
            try await Task.sleep(for: .seconds(1))
            guard watch.stalls(now: .now) else { continue }
            if watch.isPostCopy { try? await interrupt(move) } else { await giveUp(move) }
        }
    }

    private func give(_ help: MigrationWatch.Help, to move: InstanceMove) async throws {
        let id = try move.uuid.libvirt
        switch help {
        case .postCopy:
            try await connection.changes.call("switching \(move.name) to post-copy") { try $0.startPostCopy(id) }
        case .pause(let milliseconds):
            try await connection.changes.call("allowing \(move.name) more downtime") {
                try $0.allowPause(id, milliseconds: milliseconds)
            }
        }
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
