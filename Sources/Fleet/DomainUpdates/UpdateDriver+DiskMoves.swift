import FoundationXML
import Libvirt
import Reconciler
import SSH
import Spec

/// Disks that go to another pool of their node; each stage looks at what is there and is safe to run twice.
extension UpdateDriver {
    func move(
        _ stage: DiskMove.Stage, _ move: DiskMove, of domain: ObservedDomain,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        if stage == .begin { return try await begin(move, of: domain) }
        guard domain.mark?.diskPaths[move.disk] == move.paths else {
            return .skipped("the disk \(move.disk) of \(domain.name) is not being moved to \(move.paths.to)")
        }
        switch stage {
        case .begin: return .unchanged
        case .copy: return try await copy(move, of: domain, report)
        case .leave: return try await drop(move.paths.from, of: move, used: move.paths.to, domain)
        case .abandon: return try await abandon(move, domain)
        }
    }

    /// Writes both files into the mark; from then on the new one is ours to make and to remove.
    private func begin(_ move: DiskMove, of domain: ObservedDomain) async throws -> StepResult {
        if domain.mark?.diskPaths[move.disk] == move.paths { return .unchanged }
        guard domain.mark?.diskPaths[move.disk] == nil else {
            return .skipped("the disk \(move.disk) of \(domain.name) is already being moved")
        }
        if try await connection.listing(ofFiles: [move.paths.to]).volumes[move.paths.to] != nil {
            return .skipped("\(move.paths.to) was created in the meantime")
        }
        return try await domains.mark(domain) { $0.diskPaths[move.disk] = move.paths }
    }

    private func copy(
        _ move: DiskMove, of domain: ObservedDomain, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        let ends = [move.paths.from, move.paths.to]
        guard let defined = domain.definedDisks.first(where: { $0.name == move.disk }), ends.contains(defined.path)
        else { return .skipped("\(domain.name) no longer has its disk \(move.disk) at \(move.paths.from)") }
        let live = try await liveDisk(move, of: domain)
        if let live, !ends.contains(live.path) {
            return .skipped("\(domain.name) runs with \(live.path) as its disk \(move.disk)")
        }
        if live == nil, defined.path == move.paths.to { return .unchanged }
        if live?.path == move.paths.to {
            return defined.path == move.paths.to ? .unchanged : try await define(move, of: domain)
        }
        if let live {
            try await copyLive(move, live, of: domain, report)
        } else {
            try await copyFile(move, of: domain, report)
        }
        guard let now = try await connection.domain(domain.uuid) else {
            return .skipped("the domain \(domain.name) no longer exists")
        }
        // libvirt writes the new file into the definition when it switches over; an older one may not.
        if now.definedDisks.contains(where: { $0.name == move.disk && $0.path == move.paths.to }) { return .done }
        return try await define(move, of: now)
    }

    /// Has the definition name the new file.
    private func define(_ move: DiskMove, of domain: ObservedDomain) async throws -> StepResult {
        guard let mark = domain.mark else { return .skipped("the domain \(domain.name) has no mark") }
        let disk = DomainDefinition.Disk(name: move.disk, path: move.paths.to, serial: nil)
        return try await edit(domain, DomainEdit(items: [.disk(disk)], mark: mark))
    }

    /// What runs has of the disk; nil where nothing runs or the machine does not have it.
    private func liveDisk(_ move: DiskMove, of domain: ObservedDomain) async throws -> LiveDisk? {
        guard domain.isActive else { return nil }
        let id = try domain.uuid.libvirt
        do {
            let xml = try await connection.reader.call("reading the disks of \(domain.name)") { try $0.domainXML(id) }
            return try LiveDisk.read(xml, named: move.disk, of: domain.name)
        } catch let error as LibvirtError where error.isNoDomain { return nil }
    }

    /// Copies a disk under its running guest and switches the guest over.
    ///
    /// A copy that a killed run began goes on. One that fails or is cancelled is ended, and the guest goes on with the old
    /// file.
    private func copyLive(
        _ move: DiskMove, _ disk: LiveDisk, of domain: ObservedDomain,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws {
        let id = try domain.uuid.libvirt
        let purpose = "copying \(disk.target) of \(domain.name) to \(move.paths.to)"
        if let mirror = disk.mirror, mirror != move.paths.to {
            throw StepProblem(
                "it is being copied to \(mirror) by another program",
                remedy: "Wait until that is done, and apply again.")
        }
        if disk.mirror == nil {
            try await createTarget(for: move, of: domain)
            let xml = XMLElement(
                "disk", ["type": "file"],
                [
                    XMLElement("source", ["file": move.paths.to]),
                    XMLElement("driver", ["name": "qemu", "type": "qcow2"]),
                ]
            ).compactText
            let isShallow = move.backingPath != nil
            try await connection.changes.call(purpose) {
                try $0.copyBlock(disk.target, ofDomain: id, to: xml, isShallow: isShallow)
            }
        }
        do {
            try await waitUntilReady(move, disk.target, of: domain, purpose, report)
            try await connection.changes.call("switching \(domain.name) over to \(move.paths.to)") {
                try $0.endBlockJob(disk.target, ofDomain: id, pivoting: true)
            }
        } catch {
            // Outside of this task, which may be cancelled; where the guest stopped there is nothing to end.
            let connection = connection
            await Task {
                _ = try? await connection.changes.call("stopping the copy of \(disk.target)") {
                    try $0.endBlockJob(disk.target, ofDomain: id, pivoting: false)
                }
            }.value
            throw error
        }
        guard try await liveDisk(move, of: domain).map({ $0.path == move.paths.to }) ?? true else {
            throw StepProblem("\(domain.name) still uses \(move.paths.from)", remedy: "Run the command again.")
        }
    }

    private func waitUntilReady(
        _ move: DiskMove, _ target: String, of domain: ObservedDomain, _ purpose: String,
        _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws {
        let id = try domain.uuid.libvirt
        while true {
            let progress = try await connection.reader.call(purpose) {
                try $0.blockJobProgress(target, ofDomain: id)
            }
            guard let progress else {
                throw StepProblem(
                    "the copy to \(move.paths.to) stopped before it was complete; the guest may have stopped, or the pool may be "
                        + "full; \(domain.name) still uses \(move.paths.from)",
                    remedy: "Check the free space in \(FilePlace(move.paths.to).folder), and run the command again.")
            }
            report(.bytes(done: progress.done, total: progress.total == 0 ? nil : progress.total))
            if progress.isWhole, try await liveDisk(move, of: domain)?.isMirrorReady ?? false { return }
            try await Task.sleep(for: .milliseconds(300))
            try await lock.check()
        }
    }

    /// Makes the new file anew and empty: what an earlier try left in it is never built upon.
    private func createTarget(for move: DiskMove, of domain: ObservedDomain) async throws {
        try await removeUnused(move.paths.to, of: domain)
        guard let old = try await connection.listing(ofFiles: [move.paths.from]).volumes[move.paths.from] else {
            throw StepProblem("\(move.paths.from) is missing", remedy: "Restore the file, and apply again.")
        }
        let volume = VolumeDefinition(
            path: move.paths.to, capacity: old.capacity, backingPath: move.backingPath, owner: domain.uuid)
        guard try await volumes.create(volume) == .done else {
            throw StepProblem("\(move.paths.to) was recreated by someone else")
        }
    }

    /// Copies the file of a disk that nothing runs with, and gives the copy its name when it is whole.
    private func copyFile(
        _ move: DiskMove, of domain: ObservedDomain, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws {
        try await removeUnused(move.paths.to, of: domain)
        // Its pool has to be there, as it has to be for a volume that libvirt makes.
        let pool = try await pools.pool(of: move.paths.to)
        try await pools.identify(FilePlace(move.paths.to).folder)
        report(.waiting("\(move.paths.from) is being copied to \(move.paths.to)"))
        let script = DiskScripts.copy(path: move.paths.to, old: move.paths.from, backing: move.backingPath ?? "")
        let result = try await connection.commands.attempt(
            "copying \(move.paths.from) to \(move.paths.to)", script, timeout: nil)
        guard result.succeeded else {
            throw CommandFailure("copying \(move.paths.from) to \(move.paths.to)", result)
        }
        try await connection.changes.call("refreshing pool \(pool)") { try $0.refreshPool(pool) }
        guard let now = try await connection.domain(domain.uuid), now.power == domain.power,
            try await liveDisk(move, of: now) == nil
        else {
            throw StepProblem("\(domain.name) was started in the meantime", remedy: "Run the command again.")
        }
    }

    /// Removes the file that the domain does not use, and what the mark says of it.
    private func drop(
        _ path: String, of move: DiskMove, used: String, _ domain: ObservedDomain
    ) async throws -> StepResult {
        let isDefined = domain.definedDisks.contains { $0.name == move.disk && $0.path == used }
        let live = try await liveDisk(move, of: domain)
        guard isDefined, live.map({ $0.path == used && $0.mirror == nil }) ?? true else {
            return .skipped("\(domain.name) may use \(path)")
        }
        try await removeUnused(path, of: domain)
        return try await domains.mark(domain) { $0.diskPaths[move.disk] = nil }
    }

    private func abandon(_ move: DiskMove, _ domain: ObservedDomain) async throws -> StepResult {
        if let live = try await liveDisk(move, of: domain), live.mirror == move.paths.to {
            let id = try domain.uuid.libvirt
            try await connection.changes.call("stopping the copy of \(live.target)") {
                try $0.endBlockJob(live.target, ofDomain: id, pivoting: false)
            }
        }
        return try await drop(move.paths.to, of: move, used: move.paths.from, domain)
    }

    /// Removes one of a move's two files, unless anybody else has it.
    private func removeUnused(_ path: String, of domain: ObservedDomain) async throws {
        if let reason = try await volumes.reason(against: path, except: domain.uuid) {
            throw StepProblem("\(path) is kept: \(reason)", remedy: "Detach it there, and apply again.")
        }
        _ = try await volumes.remove(path)
    }
}
