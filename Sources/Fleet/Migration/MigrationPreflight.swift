import Libvirt
package import Reconciler
import SSH
import Spec

/// Checks the path of one migration: whether the nodes reach each other, the CPU, and what is said to be shared.
struct MigrationPreflight: Sendable {
    let move: InstanceMove
    let source: NodeContext
    let destination: NodeContext

    /// What was found; what cannot be found out is no obstacle, since libvirt looks again and the guest goes on.
    func look() async -> ObservedRoute {
        async let reach = reach()
        async let cpu = missingCPU()
        async let unshared = unshared()
        return ObservedRoute(
            reach: await reach, missingCPU: await cpu, unshared: await unshared)
    }

    private func reach() async -> ObservedRoute.Reach {
        guard move.isLive else { return .byName }
        return await PortPreflight(source: source, destination: destination).reach()
    }

    // MARK: CPU

    private func missingCPU() async -> ObservedRoute.MissingCPU? {
        guard move.isLive else { return nil }
        return try? await findMissingCPU()
    }

    private func findMissingCPU() async throws -> ObservedRoute.MissingCPU? {
        let id = try move.uuid.libvirt
        let xml = try await source.connection.reader.call("reading the CPU of \(move.name)") { try $0.domainXML(id) }
        let guest = try GuestCPU(reading: xml, of: move.name)
        let here = try await hostCPU(of: source, guest)
        // A guest that was given all of its node has what its node has.
        let wanted = guest.named ?? here
        let canRun = try await destination.connection.changes.call("comparing the CPU of \(move.name)") {
            try $0.canRun(
                cpu: wanted.xml, emulator: nil, architecture: guest.architecture, machine: guest.machine,
                virtualization: guest.virtualization)
        }
        guard !canRun else { return nil }
        let baseline = try? await findBaseline(here, guest)
        return ObservedRoute.MissingCPU(model: wanted.model, baseline: baseline)
    }

    private func findBaseline(_ here: GuestCPU.Model, _ guest: GuestCPU) async throws -> String {
        let there = try await hostCPU(of: destination, guest)
        let xml = try await destination.connection.changes.call("computing a common CPU model") {
            try $0.commonCPU(
                of: [here.xml, there.xml], emulator: nil, architecture: guest.architecture, machine: guest.machine,
                virtualization: guest.virtualization)
        }
        return try GuestCPU.model(of: xml)
    }

    private func hostCPU(of node: NodeContext, _ guest: GuestCPU) async throws -> GuestCPU.Model {
        // Libvirt does not let connections for looking ask, since it may start QEMU to find out.
        let xml = try await node.connection.changes.call("reading the domain capabilities") {
            try $0.domainCapabilitiesXML(
                architecture: guest.architecture, machine: guest.machine, virtualization: guest.virtualization)
        }
        return try GuestCPU.hostModel(xml)
    }

    // MARK: Storage

    /// The files that are said to be shared and are not the same on both nodes.
    ///
    /// Compared by inode, which is the server's also over NFS.
    func unshared() async -> [String] {
        guard !move.stayingPaths.isEmpty else { return [] }
        async let here = identities(on: source)
        async let there = identities(on: destination)
        let (one, two) = await (here, there)
        return move.stayingPaths.filter { one[$0] != nil && one[$0] != two[$0] }
    }

    private func identities(on node: NodeContext) async -> [String: String] {
        let answer = try? await node.connection.commands.run(
            "comparing shared files", MigrationScripts.identities(move.stayingPaths))
        var found: [String: String] = [:]
        for line in (answer?.output ?? "").split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 1).map { String($0) }
            if words.count == 2 { found[words[1]] = words[0] }
        }
        return found
    }
}

extension MigrationPreflight {
    /// The first base image that is another file on the destination, although it has the same name: the disks that stand on it
    /// would be corrupted.
    ///
    /// Both nodes read it, which takes as long as that does; they keep what it hashes to.
    func differingBase() async throws -> String? {
        for path in move.looseBackingPaths {
            async let here = source.images.digest(of: path)
            async let there = destination.images.digest(of: move.mark.destinationPath(path))
            let (one, other) = (try await here, try await there)
            guard let one, one == other else { return path }
        }
        return nil
    }
}

extension FleetRound {
    /// Checks the paths of migrations, each once and all at the same time; those of unreachable nodes are left out.
    package func look(at moves: [InstanceMove]) async -> [MigrationPath: ObservedRoute] {
        let looks = moves.compactMap { move -> MigrationPreflight? in
            guard let source = node(move.from)?.context, let destination = node(move.to)?.context else { return nil }
            return MigrationPreflight(move: move, source: source, destination: destination)
        }
        return await withTaskGroup(of: (MigrationPath, ObservedRoute).self) { group in
            for look in looks { group.addTask { (look.move.path, await look.look()) } }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }
}
