import Glibc
import Libvirt
package import Reconciler
import SSH
import Spec

/// Looks at the way of one move: whether the nodes reach each other, the CPU, and what is said to be shared.
struct RouteLook: Sendable {
    let move: InstanceMove
    let source: ConnectedNode
    let destination: ConnectedNode

    /// What is on the way; what cannot be found out is no obstacle, since libvirt looks again and the guest goes on.
    func look() async -> ObservedRoute {
        async let reach = reach()
        async let cpu = missingCPU()
        async let unshared = unshared()
        return ObservedRoute(
            reach: await reach, missingCPU: await cpu, unshared: await unshared)
    }

    // MARK: Reach

    /// Names the destination as its libvirt does in a migration, then as the machine does, and the port.
    private static let nameScript = """
        sed -n 's/^[[:space:]]*migration_host[[:space:]]*=[[:space:]]*"\\(.*\\)".*/name \\1/p' /etc/libvirt/qemu.conf
        sed -n 's/^[[:space:]]*migration_port_min[[:space:]]*=[[:space:]]*\\([0-9]*\\).*/port \\1/p' \
            /etc/libvirt/qemu.conf
        echo "name $(hostname -f 2>/dev/null || hostname)"
        """

    /// Has the source connect to the destination's port for migrations.
    ///
    /// Nobody listens there before a migration: that the connection is refused says that its packets arrive.
    private func reach() async -> ObservedRoute.Reach {
        guard move.isLive else { return .byName }
        let answer = try? await destination.connection.commands.run(
            "asking for its name in migrations", RouteLook.nameScript)
        let lines = (answer?.output ?? "").split(separator: "\n").map { $0.split(separator: " ", maxSplits: 1) }
        func values(_ word: String) -> [String] {
            lines.filter { $0.count == 2 && $0[0] == word }.map { PlainText.line(String($0[1])) }
        }
        guard let name = values("name").first else { return .byName }
        let port = values("port").first.flatMap { Int($0) } ?? RouteLook.usualPort
        guard let why = await obstacle(to: name, port) else { return .byName }
        if case .host(let address) = destination.connection.node.address, address != name,
            await obstacle(to: address, port) == nil
        {
            return .byAddress(address)
        }
        return .closed("\(name) port \(port): \(why)")
    }

    /// Why a connection from the source does not arrive; nil where it does.
    ///
    /// The destination's kernel counts the connections that it refuses. One that was refused and is not among them was
    /// refused by a filter in its name; where others are refused at the same time that does not show.
    private func obstacle(to host: String, _ port: Int) async -> String? {
        let before = await refusals()
        switch await answer(of: host, port) {
        case .taken, .unknown: return nil
        case .failed(let why): return why
        case .refused:
            guard let before, let after = await refusals(), before == after else { return nil }
            return "a firewall refuses it in the node's name"
        }
    }

    /// What became of a connection.
    private enum Answer {
        case taken
        case refused
        case failed(String)
        /// Where nobody can ask, as with an sshd that connects for nobody.
        case unknown
    }

    private func answer(of host: String, _ port: Int) async -> Answer {
        guard let session = source.connection.session else { return await answerFromHere(of: host, port) }
        do throws(SSHError) {
            Glibc.close(try await session.openTCP(host: host, port: port, timeout: RouteLook.patience))
            return .taken
        } catch {
            switch error.reason {
            // sshd has no code for it: these are the words that its C library has for ECONNREFUSED.
            case .destinationUnreachable(_, let why) where why.lowercased().contains("refused"): return .refused
            case .destinationUnreachable(_, let why): return .failed(PlainText.line(why))
            case .timeout: return .failed(RouteLook.silence)
            default: return .unknown
            }
        }
    }

    /// The same where the source is this machine.
    private func answerFromHere(of host: String, _ port: Int) async -> Answer {
        let script = """
            command -v bash >/dev/null && command -v timeout >/dev/null || { echo unknown; exit 0; }
            words=$(LC_ALL=C timeout 3 bash -c ': <"/dev/tcp/$0/$1"' "$1" "$2" 2>&1)
            case $? in 0) echo taken ;; 124) echo silent ;; *) printf '%s\\n' "failed $words" | head -n 1 ;; esac
            """
        let result = try? await source.connection.commands.run("trying a connection", script, [host, "\(port)"])
        guard let words = (result?.output).map({ PlainText.line($0) }), !words.isEmpty else { return .unknown }
        if words.hasPrefix("taken") { return .taken }
        if words.hasPrefix("silent") { return .failed(RouteLook.silence) }
        guard words.hasPrefix("failed ") else { return .unknown }
        let why = words.split(separator: ":").last.map { $0.drop { $0 == " " } } ?? ""
        return why.lowercased().contains("refused") ? .refused : .failed(String(why))
    }

    /// How many connections the destination's kernel has refused; nil where it does not say.
    private func refusals() async -> UInt64? {
        let script = "cat /proc/net/snmp"
        let answer = try? await destination.connection.commands.run("asking what it refused", script)
        return answer.flatMap { RouteLook.refusals(in: $0.output) }
    }

    /// The same from the kernel's table: a line of names, and under it one of numbers.
    static func refusals(in table: String) -> UInt64? {
        let lines = table.split(separator: "\n").map { $0.split(separator: " ") }
        let found = lines.filter { $0.first == "Tcp:" }
        guard found.count == 2, let column = found[0].firstIndex(of: "OutRsts"), column < found[1].count else {
            return nil
        }
        return UInt64(found[1][column])
    }

    private static let patience = Duration.seconds(3)
    private static let silence = "no answer within 3 s"

    /// Where libvirt's range begins unless its configuration says otherwise.
    private static let usualPort = 49_152

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
        let xml = try await destination.connection.changes.call("looking for a common CPU") {
            try $0.commonCPU(
                of: [here.xml, there.xml], emulator: nil, architecture: guest.architecture, machine: guest.machine,
                virtualization: guest.virtualization)
        }
        return try GuestCPU.model(of: xml)
    }

    private func hostCPU(of node: ConnectedNode, _ guest: GuestCPU) async throws -> GuestCPU.Model {
        // Libvirt does not let connections for looking ask, since it may start QEMU to find out.
        let xml = try await node.connection.changes.call("reading what guests can have") {
            try $0.domainCapabilitiesXML(
                architecture: guest.architecture, machine: guest.machine, virtualization: guest.virtualization)
        }
        return try GuestCPU.hostModel(xml)
    }

    // MARK: Storage

    /// The files that are said to be shared and are not the same on both nodes.
    ///
    /// Compared by inode, which is the server's also over NFS.
    private func unshared() async -> [String] {
        guard !move.stayingPaths.isEmpty else { return [] }
        async let here = identities(on: source)
        async let there = identities(on: destination)
        let (one, two) = await (here, there)
        return move.stayingPaths.filter { one[$0] != nil && one[$0] != two[$0] }
    }

    private func identities(on node: ConnectedNode) async -> [String: String] {
        let script = "LC_ALL=C stat -L -c '%i %n' -- \"$@\" 2>/dev/null; exit 0"
        let answer = try? await node.connection.commands.run("looking at shared files", script, move.stayingPaths)
        var found: [String: String] = [:]
        for line in (answer?.output ?? "").split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 1).map { String($0) }
            if words.count == 2 { found[words[1]] = words[0] }
        }
        return found
    }
}

extension FleetConnection {
    /// Looks at the ways of moves, each once and all at the same time; those of silent nodes are left out.
    package func look(at moves: [InstanceMove]) async -> [ObservedRoute.Way: ObservedRoute] {
        let looks = moves.compactMap { move -> RouteLook? in
            guard let source = node(move.from), let destination = node(move.to) else { return nil }
            return RouteLook(move: move, source: source, destination: destination)
        }
        return await withTaskGroup(of: (ObservedRoute.Way, ObservedRoute).self) { group in
            for look in looks { group.addTask { (look.move.way, await look.look()) } }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
    }
}
