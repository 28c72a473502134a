import Glibc
import Libvirt
import Reconciler
import SSH
import Spec
import Synchronization

extension NodeConnection {
    /// Reaches a node and opens what talks to it.
    static func open(_ node: NodeEndpoint, settings: ConnectionSettings) async throws -> NodeConnection {
        switch node.address {
        case .local: try await openHere(node, settings)
        case .host: try await openRemote(node, settings)
        }
    }

    private static func openRemote(_ node: NodeEndpoint, _ settings: ConnectionSettings) async throws -> NodeConnection
    {
        let session = try await settings.log.record("opening ssh", on: node.name) {
            try await Session.open(node, settings)
        }
        // Libvirt is opened by its usual socket while the node is asked for its own, and its shell starts.
        let usual = Task { try await RemoteLibvirt.tryUsual(through: session, node, settings) }
        do {
            let (shell, access) = try await startShell(session, node, settings)
            let early = try await usual.value
            let opened = try await libvirt(at: access.socket, or: early, session, node, settings)
            return NodeConnection(
                endpoint: node, settings: settings,
                commands: NodeCommands(shell: shell, node: node.name, log: settings.log),
                session: session, forwarding: opened.forwarding, libvirtURI: opened.uri, changes: opened.changes,
                readers: opened.readers, client: access.client, client6: access.client6,
                address: access.address)
        } catch {
            // What still opens libvirt ends with the session.
            await session.close()
            throw error
        }
    }

    /// What was opened already where that is the daemon's socket, or else the socket.
    private static func libvirt(
        at socket: String, or opened: RemoteLibvirt?, _ session: Session, _ node: NodeEndpoint,
        _ settings: ConnectionSettings
    ) async throws -> RemoteLibvirt {
        if let opened, opened.socket == socket { return opened }
        await opened?.close()
        return try await RemoteLibvirt.open(socket, through: session, node, settings)
    }

    private static func openHere(_ node: NodeEndpoint, _ settings: ConnectionSettings) async throws -> NodeConnection {
        let access = try await probe(node, settings)
        let commands = NodeCommands(
            shell: LocalShell(privilege: access.privilege), node: node.name, log: settings.log)
        let uri = "qemu+unix:///system?socket=\(access.socket)"
        let (changes, readers) = try await channels(uri, 1, node, settings, through: nil)
        return NodeConnection(
            endpoint: node, settings: settings, commands: commands, session: nil, forwarding: nil, libvirtURI: uri,
            changes: changes, readers: readers)
    }

    /// Looks at this machine.
    private static func probe(_ node: NodeEndpoint, _ settings: ConnectionSettings) async throws -> NodeProbe.Access {
        // Nothing is known yet of the node's tools, so none of them can set the limit there.
        let plain = NodeCommands(shell: LocalShell(), node: node.name, log: settings.log, endsThere: false)
        return try checked(
            node, try await plain.run("probing the node", NodeScripts.probe(), timeout: .seconds(20)).output)
    }

    /// Starts the shell of a node, which looks at the node first.
    private static func startShell(
        _ session: Session, _ node: NodeEndpoint, _ settings: ConnectionSettings
    ) async throws -> (PersistentShell, NodeProbe.Access) {
        let (shell, answer) = try await settings.log.record("probing the node", on: node.name) {
            let shell = try await CommandShell.start(on: session) { NodeScripts.probeThen($0).words() }
            do throws(SSHError) { return (shell, try await shell.preamble()) } catch {
                let words = shell.greeting
                guard error.isOfCommand, !PlainText.line(words).isEmpty else { throw error }
                // What the node lacks is the reason where it told; else the shell's own end is.
                _ = try checked(node, words)
                throw error
            }
        }
        let access = try checked(node, answer)
        return (PersistentShell(session, shell, privilege: access.privilege), access)
    }

    private static func checked(_ node: NodeEndpoint, _ answer: String) throws -> NodeProbe.Access {
        guard let probe = NodeProbe(reading: answer) else {
            throw NodeUnreachable(
                .other, "\(node.name): the login shell prints text of its own: \(PlainText.line(answer))",
                remedy: "Change the user's shell start-up files on the node so that they print and ask nothing.")
        }
        return try probe.checked(node.name)
    }

    static func channels(
        _ uri: String, _ count: Int, _ node: NodeEndpoint, _ settings: ConnectionSettings, through session: Session?
    ) async throws -> (LibvirtChannel, [LibvirtChannel]) {
        // A daemon that accepts and says nothing would hold the call for ever: without its link the call fails.
        let isLate = Mutex(false)
        let watch = Task {
            try await Task.sleep(for: openingLimit)
            isLate.withLock { $0 = true }
            await session?.close()
        }
        defer { watch.cancel() }
        do {
            async let changes = LibvirtChannel.open(uri, readOnly: false, node: node.name, log: settings.log)
            let readers = try await withThrowingTaskGroup(of: LibvirtChannel.self) { group in
                for _ in 0..<count {
                    group.addTask {
                        try await LibvirtChannel.open(uri, readOnly: true, node: node.name, log: settings.log)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            return (try await changes, readers)
        } catch {
            if DescriptorLimit.isReached {
                throw NodeUnreachable(
                    .other, "\(node.name): too many files are open on this machine to reach the node's libvirt",
                    remedy: DescriptorLimit.remedy)
            }
            guard isLate.withLock({ $0 }) else { throw error }
            throw NodeUnreachable(
                .noDaemon, "\(node.name): the libvirt daemon accepts connections but does not answer",
                remedy: "Check its log on the node (journalctl -u libvirtd), or restart it: systemctl restart libvirtd")
        }
    }

    /// Refuses a daemon that is too old to be told what kvmctl tells it.
    @discardableResult
    func checkVersion() async throws -> LibvirtVersion {
        let version = try await changes.call("asking for libvirt's version") { try $0.libvirtVersion() }
        if let refusal = Self.refusal(of: version, on: name) { throw refusal }
        return version
    }

    /// Why a daemon of a version is too old; nil where it is not.
    static func refusal(of version: LibvirtVersion, on node: Name) -> NodeUnreachable? {
        guard version < oldestVersion else { return nil }
        return NodeUnreachable(
            .other, "\(node): libvirt is version \(version), but kvmctl needs \(oldestVersion) or newer",
            remedy: "Upgrade the node's system, or its libvirt.")
    }

    /// Debian 11's: the first with everything that is asked of a daemon unconditionally.
    static let oldestVersion = LibvirtVersion(major: 7, minor: 0, release: 0)

    /// The first that puts guests into VLANs of the kernel's bridges (its release notes).
    static let tagsBridgesSince = LibvirtVersion(major: 11, minor: 0, release: 0)

    /// How long a daemon may take to answer at all; probing QEMU right after its start takes some seconds.
    private static let openingLimit = Duration.seconds(20)
}
