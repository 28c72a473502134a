import Glibc
import Libvirt
import Reconciler
import SSH
import Spec
import Synchronization

extension NodeConnection {
    /// Reaches a node and opens what talks to it.
    static func open(_ node: Spec.Node, settings: ConnectionSettings, downloads: Downloads) async throws
        -> NodeConnection
    {
        switch node.address {
        case .local: try await openHere(node, settings, downloads)
        case .host: try await openRemote(node, settings, downloads)
        }
    }

    /// Tells who this user is on the node and where the daemon listens.
    ///
    /// Prints `root`, `sudo` or `plain`, then the path of the daemon's socket or `none`.
    private static let probeScript = """
        if [ "$(id -u)" = 0 ]; then echo root
        elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then echo sudo
        else echo plain; fi
        for socket in /run/libvirt/libvirt-sock /run/libvirt/virtqemud-sock; do
            if [ -S "$socket" ]; then echo "$socket"; exit; fi
        done
        echo none
        """

    private static func openRemote(_ node: Spec.Node, _ settings: ConnectionSettings, _ downloads: Downloads)
        async throws -> NodeConnection
    {
        let session = try await settings.log.record("opening ssh", on: node.name) {
            try await Session.open(node, settings)
        }
        // The usual socket is forwarded while the node is asked for its own: one round trip less where it is right.
        async let usual = forward("/run/libvirt/libvirt-sock", session, node, settings)
        let start = ContinuousClock.now
        let (privilege, socket) = try await probe(RemoteShell(session: session), node, settings)
        let roundTrip = start.duration(to: .now) / 3
        var forwarding = try? await usual
        if forwarding == nil || socket != "/run/libvirt/libvirt-sock" {
            forwarding = try await forward(socket, session, node, settings)
        }
        let commands = NodeCommands(
            shell: RemoteShell(session: session), privilege: privilege, node: node.name, log: settings.log)
        let uri = "qemu+unix:///system?socket=\(forwarding?.path ?? "")"
        let (changes, readers) = try await lanes(
            uri, laneCount(roundTrip, settings), node, settings, through: session)
        return NodeConnection(
            node: node, settings: settings, commands: commands, session: session, forwarding: forwarding,
            libvirtURI: uri, changes: changes, readers: readers, downloads: downloads)
    }

    private static func openHere(_ node: Spec.Node, _ settings: ConnectionSettings, _ downloads: Downloads) async throws
        -> NodeConnection
    {
        let (privilege, socket) = try await probe(LocalShell(), node, settings)
        let commands = NodeCommands(shell: LocalShell(), privilege: privilege, node: node.name, log: settings.log)
        let uri = "qemu+unix:///system?socket=\(socket)"
        let (changes, readers) = try await lanes(uri, 1, node, settings, through: nil)
        return NodeConnection(
            node: node, settings: settings, commands: commands, session: nil, forwarding: nil, libvirtURI: uri,
            changes: changes, readers: readers, downloads: downloads)
    }

    private static func probe(
        _ shell: any NodeShell, _ node: Spec.Node, _ settings: ConnectionSettings
    ) async throws -> (privilege: [String], socket: String) {
        let plain = NodeCommands(shell: shell, privilege: [], node: node.name, log: settings.log)
        let answer = try await plain.run("looking for libvirt", probeScript, timeout: .seconds(20)).output
        let lines = answer.split(separator: "\n").map { String($0) }
        guard lines.count >= 2 else {
            throw NodeUnreachable(
                .other, "\(node.name): the login shell answers in its own words: \(PlainText.line(answer))",
                remedy: "Let the user's shell on the node start without printing or asking anything.")
        }
        // A login shell may greet: the answer is at the end.
        let (rights, socket) = (lines[lines.count - 2], lines[lines.count - 1])
        guard socket.hasPrefix("/") else {
            throw NodeUnreachable(
                .noDaemon, "\(node.name): no libvirt daemon listens on the node",
                remedy: "Install it (apt install libvirt-daemon-system), then: systemctl enable --now libvirtd")
        }
        switch rights {
        case "root": return ([], socket)
        case "sudo": return (["sudo", "-n"], socket)
        default:
            throw NodeUnreachable(
                .noPermission,
                "\(node.name): the user there is neither root nor allowed to use sudo without a password",
                remedy: "Set user: root for the node, or allow its user sudo with NOPASSWD.")
        }
    }

    private static func forward(
        _ socket: String, _ session: Session, _ node: Spec.Node, _ settings: ConnectionSettings
    ) async throws -> Forwarding {
        try await settings.log.record("forwarding \(socket)", on: node.name) { try await session.forward(socket) }
    }

    /// How many connections for looking pay off: calls on one wait for each other a round trip each.
    private static func laneCount(_ roundTrip: Duration, _ settings: ConnectionSettings) -> Int {
        let milliseconds = Int(roundTrip / .milliseconds(1))
        return min(max(1, milliseconds / 4), max(1, settings.maximumLanes))
    }

    private static func lanes(
        _ uri: String, _ count: Int, _ node: Spec.Node, _ settings: ConnectionSettings, through session: Session?
    ) async throws -> (Lane, [Lane]) {
        // A daemon that accepts and says nothing would hold the call for ever: without its link the call fails.
        let isLate = Mutex(false)
        let watch = Task {
            try await Task.sleep(for: openingLimit)
            isLate.withLock { $0 = true }
            await session?.close()
        }
        defer { watch.cancel() }
        do {
            async let changes = Lane.open(uri, readOnly: false, node: node.name, log: settings.log)
            let readers = try await withThrowingTaskGroup(of: Lane.self) { group in
                for _ in 0..<count {
                    group.addTask { try await Lane.open(uri, readOnly: true, node: node.name, log: settings.log) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            return (try await changes, readers)
        } catch {
            guard isLate.withLock({ $0 }) else { throw error }
            throw NodeUnreachable(
                .noDaemon, "\(node.name): the libvirt daemon accepts connections and does not answer",
                remedy: "Look at it on the node (journalctl -u libvirtd), or restart it: systemctl restart libvirtd")
        }
    }

    /// How long a daemon may take to answer at all; probing QEMU right after its start takes some seconds.
    private static let openingLimit = Duration.seconds(20)
}
