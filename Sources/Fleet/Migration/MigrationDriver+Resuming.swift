import Libvirt
import Reconciler
import Spec

/// Going on with a migration whose guest runs at its destination without all of its memory.
extension MigrationDriver {
    /// Waits until the destination has all of the memory, and has libvirt go on where the link broke in between.
    ///
    /// A run that is killed does not end what goes from node to node; what goes through ssh breaks off with it, and so
    /// does all of it with the link. Both ends then wait for each other, for as long as it takes.
    func resume(
        _ move: InstanceMove, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        let destination = try peer(move.to)
        var watch = MigrationWatch(fetching: move.policy)
        let id = try move.uuid.libvirt
        var (result, isInterrupted) = (StepResult.unchanged, false)
        while true {
            guard let arrived = try await destination.connection.domain(move.uuid), arrived.mark?.move == move.mark
            else { return .skipped("\(move.to) does not have \(move.name)") }
            if arrived.postCopy == nil {
                let took = try? await destination.connection.reader.call(
                    "reading the statistics of the migration of \(move.name)"
                ) {
                    try $0.migrationResult(id)
                }
                report(watch.outcome(took ?? nil))
                if arrived.power == .running { _ = try await destination.noteCompletion(of: move) }
                return result
            }
            let left = try await connection.domain(move.uuid)
            if left?.postCopy == .broken, arrived.postCopy == .broken {
                try await goOn(move, to: destination, MigrationWatch(fetching: move.policy), report)
                result = .done
                continue
            }
            if left?.postCopy == .underWay { await look(at: move, watch, report) }
            if watch.stalls(now: .now) {
                // The source broke it off, and the destination's QEMU does not notice: it is held up.
                if left?.postCopy == .broken { throw MigrationDriver.deaf(move) }
                guard left?.postCopy == .underWay, !isInterrupted else { throw MigrationDriver.standstill(move) }
                try await interrupt(move)
                (watch, isInterrupted) = (MigrationWatch(fetching: move.policy), true)
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    private func goOn(
        _ move: InstanceMove, to destination: MigrationDriver, _ watch: MigrationWatch,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws {
        let id = try move.uuid.libvirt
        let tunnels = move.transport == .ssh ? try await openTunnels(to: destination, forDisks: false) : nil
        defer { tunnels?.close() }
        var options = MigrationOptions(copiedDisks: [])
        address(move, through: tunnels, in: &options)
        options.resumesPostCopy = true
        let (source, far) = (try await connection.ownChannel(), try await destination.connection.ownChannel())
        let watching = Task {
            while !Task.isCancelled {
                try await Task.sleep(for: .milliseconds(500))
                await look(at: move, watch, report)
            }
        }
        defer { watching.cancel() }
        let (ends, end) = AsyncStream.makeStream(of: Result<Void, any Error>.self)
        let chosen = options
        // Not waited for where libvirt itself waits for a QEMU that never answers.
        Task {
            do {
                let reference = try await far.connection.reference()
                try await source.call("resuming the migration of \(move.name) to \(move.to)") {
                    try $0.migrateDomain(id, to: reference, chosen)
                }
                end.yield(.success(()))
            } catch { end.yield(.failure(error)) }
            await source.connection.close()
            await far.connection.close()
        }
        let guarding = Task {
            while !Task.isCancelled {
                try await Task.sleep(for: .seconds(1))
                guard watch.stalls(now: .now) else { continue }
                // What is under way ends by that, with an error of its own.
                do { try await interrupt(move) } catch { end.yield(.failure(MigrationDriver.deaf(move))) }
            }
        }
        defer { guarding.cancel() }
        for await result in ends { return try result.get() }
        throw CancellationError()
    }

    /// That the destination's QEMU cannot go on.
    ///
    /// Its guest touched memory that is not there while QEMU itself was held up by it, as disks and consoles do: QEMU then
    /// waits for that memory before it takes the connection that would bring it.
    private static func deaf(_ move: InstanceMove) -> StepProblem {
        StepProblem(
            "\(move.name) on \(move.to) does not accept the rest of its memory: its QEMU waits for a part of it and does"
                + " not respond",
            remedy: "If that is the same after another run, its memory is lost: stop the incomplete copy with"
                + " `virsh destroy \(move.name)` on \(move.to), and start it there from its disks with"
                + " `virsh start \(move.name)`. The next apply continues from there.")
    }

    /// Notes and reports how far it is.
    private func look(
        at move: InstanceMove, _ watch: MigrationWatch, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async {
        guard let id = try? move.uuid.libvirt else { return }
        let progress = try? await connection.reader.call("reading the progress of \(move.name)") {
            try $0.migrationProgress(id)
        }
        guard let progress = progress ?? nil else { return }
        _ = watch.help(at: progress, now: .now)
        report(watch.report)
    }

    /// Has the source let go of a link on which nothing comes any more, so that another can be made.
    func interrupt(_ move: InstanceMove) async throws {
        let id = try move.uuid.libvirt
        try await connection.changes.call("interrupting the post-copy of \(move.name)") {
            try $0.interruptPostCopy(id)
        }
    }

    private static func standstill(_ move: InstanceMove) -> StepProblem {
        StepProblem(
            "\(move.name) waits on \(move.to) for the rest of its memory, but \(move.from) does not send it",
            remedy: "Check both nodes (virsh domstate --reason \(move.name)), then run the command again.")
    }
}
