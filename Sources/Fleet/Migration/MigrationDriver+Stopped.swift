import Glibc
import Libvirt
import Reconciler
import SSH
import Spec

/// Migrating a stopped instance: its files go through this machine, and only whole ones get a definition.
extension MigrationDriver {
    /// Copies the files from the source, holds their sums against each other, and defines the domain here.
    func relocate(
        _ move: InstanceMove, _ report: @escaping @Sendable (StepProgress) -> Void
    ) async throws -> StepResult {
        let source = try peer(move.from)
        if let there = try await connection.domain(move.uuid), there.mark?.cluster == cluster,
            there.mark?.move == move.mark, there.mark?.hasMigrated == true
        {
            // Its definition says that all of its files are whole.
            return .unchanged
        }
        guard try await source.isMoving(move) else {
            return .skipped("\(move.name) is no longer migrating to this node")
        }
        if let reason = try await obstacle(to: move) { return .skipped(reason) }
        guard let domain = try await source.connection.domain(move.uuid), !domain.isActive else {
            return .skipped("\(move.name) is running on \(move.from) again")
        }
        guard !domain.hasManagedSave else {
            return .skipped("the memory of \(move.name) was saved in the meantime, and would be lost")
        }
        var sizes: [UInt64] = []
        for disk in move.disks { sizes.append(try await source.size(of: disk.path)) }
        let total = sizes.reduce(0, +)
        var before: UInt64 = 0
        for (disk, size) in zip(move.disks, sizes) {
            let start = before
            try await copy(disk, of: move, size: size, from: source) { done in
                report(.bytes(done: start + done, total: total))
            }
            before += size
        }
        if domain.hasFirmwareState { try await context.copyFirmwareState(of: move.uuid, from: source.context) }
        return try await define(move, from: source)
    }

    private func size(of path: String) async throws -> UInt64 {
        let result = try await connection.commands.run("inspecting \(path)", MigrationScripts.size(path: path))
        guard let size = UInt64(result.output.filter(\.isNumber)) else {
            throw StepProblem("the size of \(path) on \(node) cannot be read")
        }
        return size
    }

    /// Sends one file over libvirt's streams, from one node's to the other's.
    private func copy(
        _ disk: InstanceMove.Disk, of move: InstanceMove, size: UInt64, from source: MigrationDriver,
        _ progress: @escaping @Sendable (UInt64) -> Void
    ) async throws {
        let volume = move.volume(of: disk)
        _ = try await volumes.remove(volume.path)
        guard try await volumes.create(volume) == .done else {
            throw StepProblem("\(volume.path) was recreated by someone else")
        }
        let (near, far) = (try await source.connection.ownChannel(), try await connection.ownChannel())
        let (reading, writing) = try Pipe.open()
        let throttle = Throttle()
        do {
            async let sent: Void = near.call("reading \(disk.path)") { libvirt in
                defer { close(writing) }
                try libvirt.download(.path(disk.path), to: writing)
            }
            async let received: Void = far.call("writing \(volume.path)") { libvirt in
                defer { close(reading) }
                try libvirt.upload(from: reading, length: size, to: .path(volume.path)) { done in
                    throttle.pass(isLast: done == size) { progress(done) }
                }
            }
            _ = try await (sent, received)
        } catch {
            await near.connection.close()
            await far.connection.close()
            throw error
        }
        await near.connection.close()
        await far.connection.close()
        async let before = source.sum(of: disk.path)
        async let after = sum(of: volume.path)
        guard try await before == after else {
            throw StepProblem(
                "\(volume.path) on \(node) differs from \(disk.path) on \(move.from)",
                remedy: "Run the command again: it copies the file again.")
        }
        try await digHoles(in: volume.path)
        if let base = volume.backingPath, base != disk.backingPath { try await rebase(volume.path, onto: base) }
    }

    /// Gives back what a copy takes for zeros that the original has as holes; its content stays the same.
    ///
    /// A node without the tool, or a file system without holes, keeps them: that costs room and nothing else.
    func digHoles(in path: String) async throws {
        try await connection.commands.run(
            "making \(path) sparse", MigrationScripts.digHoles(path: path), timeout: nil)
    }

    /// Writes into a disk where its base image is here; what the disk holds stays as it is.
    private func rebase(_ path: String, onto base: String) async throws {
        try await connection.commands.run(
            "setting the backing file of \(path)",
            MigrationScripts.rebase(path: path, base: base))
    }

    /// The digest of a file, after it has reached the disk.
    private func sum(of path: String) async throws -> String {
        let result = try await connection.commands.run(
            "hashing \(path)", MigrationScripts.sum(path: path), timeout: nil)
        return String(result.output.prefix { $0 != " " })
    }

    private func define(_ move: InstanceMove, from source: MigrationDriver) async throws -> StepResult {
        let id = try move.uuid.libvirt
        let old = try await source.connection.changes.call("reading domain \(move.name)") {
            try $0.domainXML(id, [.inactive, .secure])
        }
        let xml = try move.completedXML(old)
        guard let domain = try await source.connection.domain(move.uuid), !domain.isActive,
            domain.mark?.move == move.mark
        else { return .skipped("\(move.name) is running on \(move.from) again") }
        // libvirt's own XML may hold what its schema does not know.
        try await connection.changes.call("defining domain \(move.name)") { libvirt in
            _ = try libvirt.defineDomain(xml, validating: false)
        }
        return .done
    }
}

/// A pipe between two calls that block.
private enum Pipe {
    /// Its reading and its writing end, each closed by who uses it.
    static func open() throws -> (reading: CInt, writing: CInt) {
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else { throw StepProblem("no pipe can be created (error \(errno))") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }
}
