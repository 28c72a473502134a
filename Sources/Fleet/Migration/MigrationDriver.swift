import FoundationEssentials
import Libvirt
import Reconciler
import SSH
import Spec

/// The stages of a move: each looks again at both ends before it touches one.
struct MigrationDriver: SubjectDriver {
    let context: NodeContext

    /// Carries out one stage of a move, on this node's end of it.
    func perform(
        _ stage: InstanceMove.Stage, of move: InstanceMove, _ expectation: Step.Expectation,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        switch stage {
        case .begin: try await begin(move, expectation)
        case .prepare, .migrate, .relocate: try await advance(stage, move, report)
        case .resume: try await resume(move, report)
        case .leave: try await leave(move)
        case .finish: try await finish(move, expectation)
        case .discard: try await discard(move)
        case .forget:
            try await domains.change(move.uuid, move.name, expectation) { try await domains.mark($0) { $0.move = nil } }
        }
    }

    /// Carries out one of the stages that bring it to the destination; where that fails the source gets it back at once.
    private func advance(
        _ stage: InstanceMove.Stage, _ move: InstanceMove, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        do {
            let result = try await bring(stage, move, report)
            if case .skipped = result { await takeBack(move) }
            return result
        } catch {
            await takeBack(move)
            throw error
        }
    }

    private func bring(
        _ stage: InstanceMove.Stage, _ move: InstanceMove, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        switch stage {
        case .migrate: try await migrate(move, report)
        case .relocate: try await relocate(move, report)
        default: try await prepare(move)
        }
    }

    /// The other node of a move.
    func peer(_ name: Name) throws -> MigrationDriver {
        guard let peer = peers[name].map(MigrationDriver.init(context:)) else {
            throw StepProblem("\(name) does not answer", remedy: "Run the command again when it does.")
        }
        return peer
    }

    /// Writes down where to, and sees that the source's next boot does not start it beside its copy.
    ///
    /// What is said to be shared is looked at once more: its pool may have been mounted on the destination only in this run.
    private func begin(_ move: InstanceMove, _ expectation: Step.Expectation) async throws -> StepResult {
        let look = MigrationPreflight(move: move, source: context, destination: try peer(move.to).context)
        if let path = await look.unshared().first {
            throw StepProblem(
                "\(move.to) has another file than \(move.from) at \(path), or none: the storage is not shared",
                remedy: "Mount the same storage on both nodes, or remove shared: true from the pool.")
        }
        if let path = try await look.differingBase() {
            throw StepProblem(
                "its base image \(path) is another file on \(move.to) than on \(move.from), and its disk would be corrupted there",
                remedy:
                    "Give images that are fetched by address a checksum. To move it now, replace the file on \(move.to) with the "
                    + "one of \(move.from), once no disk there stands on it.")
        }
        return try await domains.change(move.uuid, move.name, expectation) { domain in
            if let other = domain.mark?.move, other != move.mark {
                return .skipped("it is already migrating from \(other.from) to \(other.to)")
            }
            // From here on the files there are the move's own, to be made anew and removed.
            if domain.mark?.move == nil, let file = try await peer(move.to).volumes.firstFile(of: move.destinationPaths)
            {
                return .skipped("\(file) on \(move.to) was created in the meantime")
            }
            let marked = try await domains.mark(domain) { $0.move = move.mark }
            let set = try await domains.set(autostart: false, of: domain)
            return marked == .done || set == .done ? .done : .unchanged
        }
    }

    /// Makes the volumes anew, whatever an earlier try left in them: what is copied covers only what the source has.
    private func prepare(_ move: InstanceMove) async throws -> StepResult {
        let source = try peer(move.from)
        guard try await source.isMoving(move) else {
            return .skipped("\(move.name) is no longer migrating to this node")
        }
        if let reason = try await obstacle(to: move) { return .skipped(reason) }
        if move.isLive {
            for disk in move.disks {
                let volume = move.volume(of: disk)
                _ = try await volumes.remove(volume.path)
                let result = try await volumes.create(volume)
                guard result == .done else { throw StepProblem("\(volume.path) was recreated by someone else") }
            }
        }
        if let path = move.seedPath { try await copySeed(path, to: move.mark.destinationPath(path), from: source) }
        try await context.copyKey(of: move.uuid, from: source.context)
        try await connection.ensureConsoleFolder()
        return .done
    }

    /// Why the files of a move must not be written here; nil where they may.
    func obstacle(to move: InstanceMove) async throws -> String? {
        if let there = try await connection.domain(move.uuid) { return "\(there.name) is already on \(node)" }
        let uses = try await connection.readUses()
        return move.destinationPaths.lazy.compactMap { uses.reason(against: $0, except: nil) }.first
    }

    /// Whether the domain is here and its mark says that it is migrating along this very path.
    func isMoving(_ move: InstanceMove) async throws -> Bool {
        guard let domain = try await connection.domain(move.uuid) else { return false }
        return domain.mark?.cluster == cluster && domain.mark?.move == move.mark && domain.mark?.phase != .deleting
    }

    private func copySeed(_ path: String, to new: String, from source: MigrationDriver) async throws {
        let content = try await source.connection.commands.run("reading \(path)", FileScripts.read(path: path))
        let bytes = content.standardOutput
        try await connection.commands.run(
            "writing \(new)", FileScripts.replace(path: new, size: "\(bytes.count)"), input: bytes)
    }

    /// Removes what the move left on the source, once the destination has it for good.
    private func leave(_ move: InstanceMove) async throws -> StepResult {
        let destination = try peer(move.to)
        let arrived = try await destination.connection.domain(move.uuid)
        guard let arrived, arrived.mark?.cluster == cluster, arrived.mark?.move == move.mark else {
            return .skipped("\(move.to) does not have \(move.name)")
        }
        let left = try await connection.domain(move.uuid)
        if let left, left.mark?.cluster != cluster || left.mark?.move != move.mark {
            return .skipped("the domain \(left.name) is not migrating to \(move.to)")
        }
        switch MoveEnds(move.mark, source: left, destination: arrived).verdict {
        case .destination where left?.postCopy == nil: break
        case .destination, .fetching, .memoryIsLost:
            return .skipped("\(arrived.name) on \(move.to) still needs memory from this node")
        case .source: return .skipped("\(move.to) does not have a complete copy of \(move.name)")
        case .underWay: return .skipped("the migration of \(move.name) to \(move.to) is still running")
        case .conflict(let reason): return .skipped(reason)
        }
        // Before anything goes: should this end in the middle, the next run knows.
        if arrived.mark?.hasMigrated != true { _ = try await destination.noteCompletion(of: move) }
        if let left, left.power == .paused {
            // Paused is what libvirt leaves where nobody told it the end.
            try await force(move.uuid, left.name)
        }
        let removed = try await removeFiles(move.sourcePaths, of: move)
        try await context.deleteKey(of: move.uuid)
        let shared =
            arrived.hasFirmwareState
            ? try await context.sharedFirmwarePlaces(with: destination.context, for: move.uuid) : []
        guard try await connection.domain(move.uuid) != nil else {
            if arrived.hasFirmwareState {
                let own = FirmwareState.places.subtracting(shared)
                try await context.removeFirmwareState(of: move.uuid, in: own)
            }
            return removed
        }
        return try await domains.undefine(move.uuid, move.name, .none, sharing: shared)
    }

    /// Writes down here, at the destination, that the domain was seen to have all that it had.
    func noteCompletion(of move: InstanceMove) async throws -> StepResult {
        try await domains.change(move.uuid, move.name, .none) { domain in
            guard domain.mark?.move == move.mark else { return .unchanged }
            return try await domains.mark(domain) { $0.hasMigrated = true }
        }
    }

    /// Removes what a move that is not wanted any more made on this node, its destination.
    func discard(_ move: InstanceMove) async throws -> StepResult {
        let source = try await peer(move.from).connection.domain(move.uuid)
        guard let source, source.mark?.cluster == cluster, source.mark?.move == move.mark else {
            return .skipped("\(move.from) does not have \(move.name)")
        }
        guard source.postCopy == nil else {
            return .skipped("\(move.name) already ran on \(node): \(move.from) no longer has a complete copy")
        }
        var result = StepResult.unchanged
        let shared =
            source.hasFirmwareState
            ? try await context.sharedFirmwarePlaces(with: try peer(move.from).context, for: move.uuid) : []
        if let half = try await connection.domain(move.uuid) {
            guard half.mark?.cluster == cluster, half.mark?.move == move.mark else {
                return .skipped("the domain \(half.name) is not migrating to this node")
            }
            guard !half.isActive, MoveEnds(move.mark, source: source, destination: half).verdict == .source else {
                return .skipped("\(node) may have the only complete copy of \(half.name)")
            }
            result = try await domains.undefine(move.uuid, move.name, .none, sharing: shared)
        }
        let removed = try await removeFiles(move.destinationPaths, of: move)
        try await context.deleteKey(of: move.uuid)
        if source.hasFirmwareState {
            try await context.removeFirmwareState(of: move.uuid, in: FirmwareState.places.subtracting(shared))
        }
        return removed == .done ? .done : result
    }

    private func removeFiles(_ paths: [String], of move: InstanceMove) async throws -> StepResult {
        var result = StepResult.unchanged
        for path in paths where try await volumes.recentReason(against: path, except: move.uuid) == nil {
            if try await volumes.remove(path) == .done { result = .done }
        }
        return result
    }

    /// Ends a machine that nobody may resume any more.
    private func force(_ uuid: UniqueID, _ name: String) async throws {
        let id = try uuid.libvirt
        try await connection.changes.call("stopping the incomplete copy of \(name)") { libvirt in
            do { try libvirt.destroyDomain(id, gracefully: false) } catch let error as LibvirtError
                where error.isNoDomain || error.isInvalidState
            {
                // It ended by itself.
            }
        }
    }

    /// Takes the move out of the mark, and gives the domain its autostart on its new node.
    private func finish(_ move: InstanceMove, _ expectation: Step.Expectation) async throws -> StepResult {
        try await domains.change(move.uuid, move.name, expectation) { domain in
            guard domain.mark?.move == nil || domain.mark?.move == move.mark else {
                return .skipped("it is in another migration")
            }
            let set = try await domains.set(autostart: move.autostart, of: domain)
            let marked = try await domains.mark(domain) { mark in
                mark.move = nil
                mark.hasMigrated = false
                mark.applied["node"] = move.pin?.text
                mark.evacuatedFrom = move.evacuatedFrom
            }
            return marked == .done || set == .done ? .done : .unchanged
        }
    }
}
