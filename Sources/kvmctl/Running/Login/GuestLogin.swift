import Engine
import Formats
import SSH
import Spec

/// The command line of the system's `ssh` that logs in to an instance.
struct GuestLogin: Sendable, Hashable {
    let target: LoginTarget
    let address: IPv4Address
    var user: String?
    var identities: [String]
    /// Where guests' host keys are remembered; nil where there is no folder for it.
    var knownHosts: String?
    /// The command that connects standard input and output to the guest through its node; nil to go there directly.
    var proxy: [String]?
    /// Run in the guest instead of a shell there.
    var command: [String]

    /// The words, `ssh` first.
    ///
    /// A guest's host key is remembered by the domain's UUID, so that an address given to another instance is no changed
    /// key. An apply forgets the keys of what it makes or removes; for that the names are not hashed.
    var arguments: [String] {
        var words = ["ssh"] + options
        for identity in identities { words += ["-i", identity] }
        if let user { words += ["-l", user] }
        words += ["--", address.description]
        return words + command
    }

    /// How the guest is reached and known, as ssh's options.
    var options: [String] {
        var words = [
            "-o", "HostKeyAlias=\(target.uuid)", "-o", "StrictHostKeyChecking=accept-new", "-o",
            "CheckHostIP=no", "-o", "HashKnownHosts=no",
            "-o", "GlobalKnownHostsFile=/dev/null", "-o",
            "UserKnownHostsFile=\(GuestLogin.quoted(knownHosts ?? "/dev/null"))",
        ]
        if let proxy { words += ["-o", "ProxyCommand=\(GuestLogin.proxyText(proxy))"] }
        return words
    }

    /// A value for `-o` whose spaces do not end it.
    static func quoted(_ value: String) -> String { "\"\(value.replacing("%", with: "%%"))\"" }

    /// ssh puts things in for `%`, and then hands the text to a shell.
    static func proxyText(_ words: [String]) -> String {
        ShellQuoting.command(words).replacing("%", with: "%%")
    }
}
