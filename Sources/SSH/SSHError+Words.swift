import Formats
import Glibc

extension SSHError {
    /// One line: what failed, on which node.
    package var description: String {
        switch reason {
        case .nameNotResolved: "\(target): the name has no address"
        case .timeout(let limit, let what): "\(target): no answer within \(Self.text(limit)) while waiting for \(what)"
        case .refused: "\(target): connection refused"
        case .noRoute(let words): "\(target): \(words.prefix(1).lowercased() + words.dropFirst())"
        case .authenticationFailed(_, _, .moreIsAsked):
            "\(target): the key was accepted, but the server also requires a password or a second factor"
        case .authenticationFailed(_, _, .noKeysTaken): "\(target): the server accepts no keys"
        case .authenticationFailed: "\(target): authentication failed"
        case .unknownHostKey(let key, _, _, _): "\(target): unknown host key \(key)"
        case .hostCertificateWanted(let key, _, _, _):
            "\(target): unknown host key \(key); known_hosts has @cert-authority for this host, and kvmctl does not "
                + "understand host certificates"
        case .hostKeyRevoked(let key): "\(target): the host key \(key) is revoked (@revoked in known_hosts)"
        case .jumpFailed(let error): "\(target) is behind the jump host \(error.description)"
        case .sessionsExhausted(let command):
            "\(target): could not start \(command): the server allows no more concurrent commands"
        case .hostKeyChanged(let key, _, _, _): "\(target): the host key has changed, it is now \(key)"
        case .hostKeyPinMismatch(let key, let pin): "\(target): the host key \(key) is not the pinned \(pin)"
        case .protocolFailure: "\(target): the ssh connection could not be set up"
        case .linkLost: "\(target): the connection was lost"
        case .forwardingForbidden(let what): "\(target): the server does not allow forwarding to \(what)"
        case .socketMissing(let path): "\(target): \(path) does not exist on the node"
        case .socketPermissionDenied(let path): "\(target): no permission to use \(path)"
        case .socketDead(let path): "\(target): no process listens on \(path)"
        case .destinationUnreachable(let destination, _): "\(target): could not reach \(destination) from there"
        case .commandNotStarted(let command, _): "\(target): could not start \(command)"
        case .commandTimeout(let command, let limit): "\(target): \(command) did not end within \(Self.text(limit))"
        case .outputTooLarge(let command, let limit): "\(target): \(command) wrote more than \(limit) bytes"
        case .noSpaceForOutput(let command): "\(target): there was no space for the output of \(command)"
        case .shellEnded(.exited(let status), _):
            "\(target): the shell for commands ended with status \(status) before it was ready"
        case .shellEnded(.signaled(let signal), _):
            "\(target): the shell for commands was ended by SIG\(signal) before it was ready"
        case .commandVanished(let command): "\(target): \(command) ended without an exit status"
        case .unusable(let what, _): "\(target): \(what)"
        case .local(let call, _): "\(target): \(call) failed on this machine"
        case .closed: "\(target): the session is closed"
        case .cancelled: "\(target): cancelled"
        }
    }

    /// What the system, the server or the library said, where that adds something.
    package var cause: String? {
        switch reason {
        case .nameNotResolved(let words), .protocolFailure(let words), .linkLost(let words): words
        case .destinationUnreachable(_, let why), .commandNotStarted(_, let why): why
        case .jumpFailed(let error): error.cause
        case .shellEnded(_, let words): words.isEmpty ? nil : words
        case .authenticationFailed(let methods, let tried, _):
            "the server offers \(Self.list(methods, or: "nothing")); tried \(Self.list(tried, or: "no key"))"
        case .local(_, let number): String(cString: strerror(number))
        default: nil
        }
    }

    /// What to do about it.
    package var remedy: String { remedy(for: "node") }

    /// - Parameter place: what the target is to the reader.
    private func remedy(for place: String) -> String {
        switch reason {
        case .jumpFailed(let error): error.remedy(for: "jump host")
        case .nameNotResolved:
            "Check the \(place)'s address for a typing error, or add the name to DNS, /etc/hosts or ssh_config."
        case .timeout: "Check that the \(place) is up and that no firewall drops the packets to its ssh port."
        case .refused: "Start sshd on the \(place), or correct the port."
        case .noRoute: "Check the address, this machine's routes and the \(place)'s network."
        case .authenticationFailed(_, _, .passphrase(let file)):
            "\(file) has a passphrase, and kvmctl never asks: ssh-add \(ShellQuoting.quote(file)), or name another key "
                + "with identity: or KVMCTL_IDENTITY."
        case .authenticationFailed(_, _, .exposedKey(let file, let mode)):
            "Other users may read \(file) (mode \(mode)), so it is not used: chmod 600 \(ShellQuoting.quote(file))"
        case .authenticationFailed(_, _, .moreIsAsked), .authenticationFailed(_, _, .noKeysTaken):
            "Let the user log in with a key alone: PubkeyAuthentication yes and AuthenticationMethods publickey in the "
                + "\(place)'s sshd_config, in a Match User block if you like."
        case .authenticationFailed:
            "Put your public key into ~/.ssh/authorized_keys on the \(place), or name the right key with identity: or KVMCTL_IDENTITY."
        case .unknownHostKey(let key, let files, let host, let port),
            .hostCertificateWanted(let key, let files, let host, let port):
            "Compare the fingerprint with the \(place)'s own (ssh-keygen -lf /etc/ssh/ssh_host_*.pub there); if it is the same: "
                + Self.accepting(key, files, host, port, place)
        case .hostKeyRevoked:
            "Do not connect to it: another machine may have this key. Give the \(place) a new host key, or remove the @revoked line."
        case .hostKeyChanged(_, let files, let host, let port):
            "The connection may be intercepted. If the \(place) was reinstalled: ssh-keygen -R "
                + "\(ShellQuoting.quote(port == 22 ? host : "[\(host)]:\(port)")) "
                + "-f \(ShellQuoting.quote(Self.file(files) ?? "~/.ssh/known_hosts")), then accept the new key."
        case .hostKeyPinMismatch(let key, _):
            "The connection may be intercepted. If the \(place) was reinstalled, write hostKey: \(key.fingerprint)."
        case .protocolFailure:
            "Check that this is an ssh server (ssh -v shows both sides), its algorithms and its MaxStartups."
        case .linkLost: "Check the \(place) and the network, then run the command again."
        case .forwardingForbidden:
            "Set AllowStreamLocalForwarding and AllowTcpForwarding to yes in the node's sshd_config, for this user at least."
        case .socketMissing:
            "Install and start the service that owns it, for instance: systemctl enable --now libvirtd."
        case .socketPermissionDenied: "Log in as root, or add the user to the socket's group, for instance libvirt."
        case .socketDead: "Start the service that owns it, for instance: systemctl restart libvirtd."
        case .destinationUnreachable: "Check the destination's address and that it is up, seen from that host."
        case .commandNotStarted:
            "Check the user's shell on the node, and MaxSessions and ForceCommand in its sshd_config."
        case .sessionsExhausted:
            "Set MaxSessions to 10 or more in the \(place)'s sshd_config, which is OpenSSH's default, and reload sshd."
        case .commandTimeout: "Check the node's load, and whether the command waits for something."
        case .outputTooLarge:
            "The command should not print so much: run it by hand on the node, and check its output."
        case .noSpaceForOutput: "Check the free space in /run on the node (df -h /run), and its memory."
        case .shellEnded:
            "Check on the node that the user may run sh as root (sudo -n sh), that no ForceCommand of sshd or command= in "
                + "authorized_keys takes its place, and that root can write to /run or /tmp."
        case .commandVanished: "The server ended it without a status: check the log of sshd on the node."
        case .unusable(_, let remedy): remedy
        case .local(_, let number) where DescriptorLimit.note(number): DescriptorLimit.remedy
        case .local: "Check this machine's limits, temporary folder and disk space."
        case .closed, .cancelled: "Run the command again."
        }
    }

    /// How to accept a key; a file that keeps nothing is not named.
    private static func accepting(
        _ key: HostKey, _ files: [String], _ host: String, _ port: Int, _ place: String
    ) -> String {
        guard let file = file(files) else {
            return "ssh_config names no known_hosts file for it, so "
                + (place == "node" ? "put hostKey: \(key.fingerprint) into the spec, or " : "")
                + "name a file that has its key with KVMCTL_KNOWN_HOSTS."
        }
        return made(file) + "\(keyscan(key, host, port)) >> \(ShellQuoting.quote(file))"
            + (place == "node" ? ", or put hostKey: \(key.fingerprint) into the spec." : ".")
    }

    /// What makes the folder of a file first, as a new account has none.
    private static func made(_ file: String) -> String {
        let folder = file.lastIndex(of: "/").map { String(file[..<$0]) } ?? "."
        return folder.isEmpty || access(folder, F_OK) == 0
            ? "" : "mkdir -p -m 700 \(ShellQuoting.quote(folder)) && "
    }

    /// The file for a new key.
    private static func file(_ files: [String]) -> String? { files.first { $0 != "/dev/null" } }

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
