import Formats
import SSH
import Spec

/// The command line of the system's `ssh` that runs a command at a terminal of a node.
struct NodeLogin: Sendable {
    let node: Spec.Node
    let host: String
    /// Overrides the node's own, as `KVMCTL_IDENTITY` does.
    var identity: String?
    var knownHosts: String?
    /// This program, which checks a pinned host key.
    var program: String
    var command: [String]

    /// The words, `ssh` first.
    var arguments: [String] {
        var words = ["ssh", "-t"]
        if let pin = node.hostKey {
            let check = ShellQuoting.command([program, "known-host", "--pin", pin]).replacing("%", with: "%%")
            words += ["-o", "KnownHostsCommand=\(check) %H %t %K %f", "-o", "UserKnownHostsFile=/dev/null"]
            words += ["-o", "GlobalKnownHostsFile=/dev/null"]
        } else if let knownHosts {
            words += ["-o", "UserKnownHostsFile=\(GuestLogin.quoted(knownHosts))"]
            words += ["-o", "GlobalKnownHostsFile=/dev/null"]
        }
        words += ["-o", "StrictHostKeyChecking=yes"]
        if let identity = identity ?? node.identity { words += ["-i", identity] }
        if let user = node.user { words += ["-l", user] }
        if let port = node.port { words += ["-p", "\(port)"] }
        if let jump = node.jump { words += ["-J", jump] }
        return words + ["--", host, ShellQuoting.command(command)]
    }
}
