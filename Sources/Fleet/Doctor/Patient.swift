import FoundationEssentials
import Libvirt
import Reconciler
import SSH
import Spec

/// A node that is being examined: what is open to it, and what was found so far.
struct Patient: Sendable {
    let node: Spec.Node
    var checks: [NodeCheck] = []
    var signs: NodeSigns?
    /// Commands as root, or as the user where there is no root; nil where nobody could log in.
    private(set) var commands: NodeCommands?
    private(set) var connection: NodeConnection?
    private(set) var hasKVM: Bool?
    /// libvirt's own name for the machine.
    private(set) var hostUUID: String?
    private var session: Session?

    init(node: Spec.Node) { self.node = node }

    /// How it is reached, in words.
    var address: String {
        switch node.address {
        case .local: "this machine"
        case .host(let host): host
        }
    }

    /// The node as a driver of moves; nil where its libvirt does not answer.
    var driver: ConnectedNode? {
        connection.map { ConnectedNode($0, NodeRequest(cluster: ClusterIdentity(name: node.name))) }
    }

    mutating func logIn(_ settings: ConnectionSettings) async throws {
        let shell: any NodeShell
        switch node.address {
        case .local: shell = LocalShell()
        case .host:
            let opened = try await Session.open(NodeEndpoint(node), settings)
            session = opened
            shell = RemoteShell(session: opened)
        }
        // Whether there is a tool that sets limits is one of the questions.
        let plain = NodeCommands(shell: shell, node: node.name, log: settings.log, endsThere: false)
        let start = ContinuousClock.now
        let who = try await plain.run("asking who this is", DoctorScripts.user(), timeout: .seconds(20)).output
        let time = start.duration(to: .now) / .milliseconds(1)
        commands = plain
        let user = PlainText.lines(who).last ?? ""
        let summary =
            session == nil ? "this machine, as \(user)" : "as \(user); a command takes \(Int(time.rounded())) ms"
        checks.append(NodeCheck(.ssh, .good, summary))
    }

    /// Finds the way to be root, and says why there is none.
    mutating func becomeRoot() async {
        guard let plain = commands else { return }
        let answer =
            (try? await plain.run("looking for root", DoctorScripts.becomeRoot(), timeout: .seconds(20)).output) ?? ""
        // From here on the node itself ends what takes too long, where it can.
        let endsThere = PlainText.lines(answer).contains("limited")
        commands?.endsThere = endsThere
        let remedy = "Set user: root for the node, or allow its user sudo with NOPASSWD (visudo)."
        switch PlainText.lines(answer).last {
        case "root": checks.append(NodeCheck(.root, .good, "its user is root"))
        case "sudo":
            let sudo = ["sudo", "-n"]
            let shell: any NodeShell =
                if let session { RemoteShell(session: session, privilege: sudo) } else { LocalShell(privilege: sudo) }
            commands = NodeCommands(shell: shell, node: node.name, log: plain.log, endsThere: endsThere)
            checks.append(NodeCheck(.root, .good, "by sudo, without a password"))
        case "none":
            checks.append(NodeCheck(.root, .bad, "its user is not root, and sudo is not installed", remedy: remedy))
        case let words:
            checks.append(
                NodeCheck(.root, .bad, "its user may not use sudo: \(words ?? "no message")", remedy: remedy))
        }
    }

    /// Connects to libvirt the way that a run does.
    mutating func openLibvirt(_ settings: ConnectionSettings) async {
        do {
            let opened = try await NodeConnection.open(
                NodeEndpoint(node), settings: settings.shared(between: 16))
            connection = opened
            let (library, hypervisor, capabilities) = try await opened.reader.call("reading versions") {
                (try $0.libvirtVersion(), try? $0.hypervisorVersion(), try $0.capabilitiesXML())
            }
            if let refusal = NodeConnection.refusal(of: library, on: node.name) { throw refusal }
            hasKVM = try CapabilitiesXML.hasKVM(capabilities)
            hostUUID = try CapabilitiesXML.hostUUID(capabilities)
            let emulator = hypervisor.map { ", QEMU \($0)" } ?? ""
            checks.append(
                NodeCheck(
                    .libvirt, .good, "libvirt \(library)\(emulator)\(await daemonSocket().map { ", \($0)" } ?? "")"))
        } catch {
            let cause = Unreachable(node: node.name, error)
            let daemon = cause.cause == .noDaemon ? await installedDaemon() : nil
            checks.append(
                NodeCheck(
                    .libvirt, .bad, cause.summary(behind: node.name),
                    remedy: daemon.map {
                        "It is installed: systemctl enable --now \($0); journalctl -u \($0) shows why it stopped."
                    }
                        ?? cause.remedy))
        }
    }

    /// The socket that a run uses.
    private func daemonSocket() async -> String? {
        let answer = try? await commands?.run(
            "looking for libvirt's socket", DoctorScripts.daemonSocket(), timeout: .seconds(20))
        return PlainText.lines(answer?.output ?? "").last
    }

    /// The daemon that does not listen although it is there.
    private func installedDaemon() async -> String? {
        let answer = try? await commands?.run(
            "looking for libvirt's daemon", DoctorScripts.installedDaemon(), timeout: .seconds(20))
        return PlainText.lines(answer?.output ?? "").last
    }

    func close() async {
        await connection?.close()
        await session?.close()
    }
}

/// What time it is.
enum WallClock {
    /// Seconds since 1970.
    static var now: Double { Date().timeIntervalSince1970 }
}
