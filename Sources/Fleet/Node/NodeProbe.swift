import Reconciler
import Spec

/// The first look at a node, in one round trip: who this user is there, where the daemon listens, which tools are missing.
struct NodeProbe: Sendable, Equatable {
    /// What the user may do.
    enum Rights: String, Sendable {
        case root, sudo
        /// Would be allowed to use sudo, which asks for a terminal.
        case terminal
        case plain
    }

    var rights = Rights.plain
    /// The daemon's socket; nil where none is there.
    var socket: String?
    /// Whether the user may connect to it.
    var mayConnect = true
    var missing: [NodeTool] = []
    /// What installs programs there, such as `apt-get`.
    var packageManager: String?
    /// The address that this run talks to the node from, as its sshd sees it; nil without ssh.
    var client: IPv4Address?
    var client6: IPv6Address?
    /// The address of its own at which this run reaches it; nil without ssh.
    var address: IPv4Address?

    /// Nil where the answer is not the script's.
    init?(reading output: String) {
        let lines = output.split(separator: "\n").map { String($0) }
        guard let start = lines.lastIndex(of: "kvmctl-probe"), lines.contains("end probe") else { return nil }
        for line in lines[(start + 1)...] {
            let words = line.split(separator: " ", maxSplits: 1).map { String($0) }
            guard words.count == 2 else { continue }
            switch words[0] {
            case "rights": rights = Rights(rawValue: words[1]) ?? .plain
            case "socket": socket = words[1]
            case "denied": mayConnect = false
            case "manager": packageManager = words[1]
            case "reached": address = IPv4Address(words[1])
            case "client": (client, client6) = (IPv4Address(words[1]), IPv6Address(words[1]))
            case "missing": missing += NodeTool.all.filter { $0.name == words[1] }
            default: break
            }
        }
    }

    /// What comes before a command so that it runs as root, and the daemon's socket.
    struct Access: Sendable, Equatable {
        var privilege: [String]
        var socket: String
        /// As in the probe.
        var client: IPv4Address?
        var client6: IPv6Address?
        var address: IPv4Address?
    }

    /// How the node is used.
    ///
    /// - Throws: what the node lacks, and what to do about it.
    func checked(_ node: Name) throws(NodeUnreachable) -> Access {
        guard let socket else {
            throw NodeUnreachable(
                .noDaemon, "\(node): no libvirt daemon listens on the node",
                remedy: "Install it (apt install libvirt-daemon-system), then: systemctl enable --now libvirtd")
        }
        let privilege: [String]
        switch rights {
        case .root: privilege = []
        case .sudo: privilege = ["sudo", "-n"]
        case .terminal:
            throw NodeUnreachable(
                .noPermission, "\(node): sudo requires a terminal (requiretty), which commands over ssh do not have",
                remedy: "Set user: root for the node, or write \"Defaults:USER !requiretty\" into its sudoers (visudo)."
            )
        case .plain:
            throw NodeUnreachable(
                .noPermission,
                "\(node): the user is neither root nor allowed to use sudo without a password",
                remedy: "Set user: root for the node, or allow its user sudo with NOPASSWD.")
        }
        guard mayConnect else {
            throw NodeUnreachable(
                .noPermission, "\(node): the user may not connect to \(socket): permission denied",
                remedy: "Add the user to the group libvirt on the node (usermod -aG libvirt USER) and log in again, "
                    + "or set user: root.")
        }
        let tools = missing.filter { $0.need == .always }
        guard tools.isEmpty else {
            let names = tools.map(\.name).joined(separator: ", ")
            throw NodeUnreachable(
                .other, "\(node): the node lacks \(names), or has a version without the required options",
                remedy: "On the node: \(NodeTool.installation(of: tools, with: packageManager))")
        }
        return Access(
            privilege: privilege, socket: socket, client: client, client6: client6, address: address)
    }
}
