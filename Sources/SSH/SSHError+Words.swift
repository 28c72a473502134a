import Glibc

extension SSHError {
    /// One line: what failed, on which node.
    package var description: String {
        switch reason {
        case .nameNotResolved: "\(target): the name has no address"
        case .timeout(let limit, let what): "\(target): no answer within \(Self.text(limit)) while waiting for \(what)"
        case .refused: "\(target): connection refused"
        case .noRoute: "\(target): no route to the node"
        case .authenticationFailed: "\(target): authentication failed"
        case .unknownHostKey(let key, _, _, _): "\(target): unknown host key \(key)"
        case .hostKeyChanged(let key, _, _, _): "\(target): the host key has changed, it is now \(key)"
        case .hostKeyPinMismatch(let key, let pin): "\(target): the host key \(key) is not the pinned \(pin)"
        case .protocolFailure: "\(target): the ssh connection could not be set up"
        case .linkLost: "\(target): the connection was lost"
        case .forwardingForbidden(let what): "\(target): the server does not allow forwarding to \(what)"
        case .socketMissing(let path): "\(target): \(path) does not exist on the node"
        case .socketPermissionDenied(let path): "\(target): no permission to use \(path)"
        case .socketDead(let path): "\(target): nobody listens on \(path)"
        case .destinationUnreachable(let destination, _): "\(target): could not reach \(destination) from there"
        case .commandNotStarted(let command, _): "\(target): could not start \(command)"
        case .commandTimeout(let command, let limit): "\(target): \(command) did not end within \(Self.text(limit))"
        case .outputTooLarge(let command, let limit): "\(target): \(command) wrote more than \(limit) bytes"
        case .commandVanished(let command): "\(target): \(command) ended without telling how"
        case .unusable(let what, _): "\(target): \(what)"
        case .local(let call, _): "\(target): \(call) failed on this machine"
        case .closed: "\(target): the session is closed"
        case .cancelled: "\(target): cancelled"
        }
    }

    /// What the system, the server or the library said, where that adds something.
    package var cause: String? {
        switch reason {
        case .nameNotResolved(let words), .noRoute(let words), .protocolFailure(let words), .linkLost(let words): words
        case .destinationUnreachable(_, let why), .commandNotStarted(_, let why): why
        case .authenticationFailed(let methods, let tried):
            "the server offers \(Self.list(methods, or: "nothing")); tried \(Self.list(tried, or: "no key"))"
        case .local(_, let number): String(cString: strerror(number))
        default: nil
        }
    }

    /// What to do about it.
    package var remedy: String {
        switch reason {
        case .nameNotResolved:
            "Check the node's address for a typing error, or add the name to DNS, /etc/hosts or ssh_config."
        case .timeout: "Check that the node is up and that no firewall drops the packets to its ssh port."
        case .refused: "Start sshd on the node, or correct the port."
        case .noRoute: "Check the address, this machine's routes and the node's network."
        case .authenticationFailed:
            "Put your public key into ~/.ssh/authorized_keys on the node, or name the right key with identity: or KVMCTL_IDENTITY."
        case .unknownHostKey(let key, let files, let host, let port):
            "Compare the fingerprint with the node's own (ssh-keygen -lf /etc/ssh/ssh_host_*.pub there); if it is the same: "
                + "\(Self.keyscan(key, host, port)) >> \(ShellQuoting.quote(files.first ?? "~/.ssh/known_hosts")), "
                + "or put hostKey: \(key.fingerprint) into the spec."
        case .hostKeyChanged(_, let files, let host, let port):
            "Somebody may be in between. If the node was reinstalled: ssh-keygen -R "
                + "\(ShellQuoting.quote(port == 22 ? host : "[\(host)]:\(port)")) "
                + "-f \(ShellQuoting.quote(files.first ?? "~/.ssh/known_hosts")), then accept the new key."
        case .hostKeyPinMismatch(let key, _):
            "Somebody may be in between. If the node was reinstalled, write hostKey: \(key.fingerprint)."
        case .protocolFailure:
            "Check that this is an ssh server (ssh -v shows both sides), its algorithms and its MaxStartups."
        case .linkLost: "Check the node and the network, then run the command again."
        case .forwardingForbidden:
            "Set AllowStreamLocalForwarding and AllowTcpForwarding to yes in the node's sshd_config, for this user at least."
        case .socketMissing:
            "Install and start the service that owns it, for instance: systemctl enable --now libvirtd."
        case .socketPermissionDenied: "Log in as root, or add the user to the socket's group, for instance libvirt."
        case .socketDead: "Start the service that owns it, for instance: systemctl restart libvirtd."
        case .destinationUnreachable: "Check the destination's address and that it is up, seen from that host."
        case .commandNotStarted:
            "Check the user's shell on the node, and MaxSessions and ForceCommand in its sshd_config."
        case .commandTimeout: "Look at the node's load, and whether the command waits for something."
        case .outputTooLarge:
            "This is not expected of this command: run it by hand on the node and look at what it prints."
        case .commandVanished: "The server ended it without a status: look at the log of sshd on the node."
        case .unusable(_, let remedy): remedy
        case .local: "Check this machine's limits, temporary folder and disk space."
        case .closed, .cancelled: "Run the command again."
        }
    }

    private static func keyscan(_ key: HostKey, _ host: String, _ port: Int) -> String {
        let type = key.algorithm.hasPrefix("ssh-") ? String(key.algorithm.dropFirst(4)) : "ecdsa"
        return "ssh-keyscan " + (port == 22 ? "" : "-p \(port) ") + "-t \(type) " + ShellQuoting.quote(host)
    }

    private static func list(_ words: [String], or none: String) -> String {
        words.isEmpty ? none : words.joined(separator: ", ")
    }

    private static func text(_ limit: Duration) -> String {
        let (seconds, attoseconds) = limit.components
        return attoseconds == 0 ? "\(seconds) s" : "\(seconds * 1000 + attoseconds / 1_000_000_000_000_000) ms"
    }
}
