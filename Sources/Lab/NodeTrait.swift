/// One way in which a node of a lab is like the nodes that people have, and unlike the lab's plain ones.
package enum NodeTrait: String, Sendable, Codable, CaseIterable, Comparable {
    /// Nobody logs in as root: its user is `ops`, who has `sudo` without a password and is in the group libvirt.
    case sudoUser = "sudo-user"

    /// QEMU runs as an unprivileged user, to whom libvirt gives a guest's files, and virtlogd writes its console.
    case qemuUser = "qemu-user"

    /// The daemon's socket has the name that the modular daemons give it.
    ///
    /// Debian 12 has no package with the modular daemons: it is libvirtd that listens. What differs for a client is
    /// the name alone, since virtqemud passes calls for networks and pools on to its sister daemons.
    case modularSocket = "modular-socket"

    /// sshd has OpenSSH's default limits, `MaxSessions 10` and `MaxStartups 10:30:100`.
    case sshLimits = "ssh-limits"

    package static func < (one: NodeTrait, other: NodeTrait) -> Bool { one.rawValue < other.rawValue }

    /// What it makes of a node, in a few words for the help.
    package var summary: String {
        switch self {
        case .sudoUser: "its login user is ops, with sudo and the group libvirt"
        case .qemuUser: "QEMU runs as an unprivileged user"
        case .modularSocket: "the daemon's socket is named like virtqemud's"
        case .sshLimits: "sshd has OpenSSH's default limits"
        }
    }
}
