import ArgumentParser
import SSH

/// `kvmctl known-host`: tells ssh whether a host key is the pinned one; hidden, since only ssh calls it.
struct KnownHostCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "known-host", abstract: "Answers ssh's KnownHostsCommand for a pinned host key.",
        shouldDisplay: false)

    @Option var pin: String
    @Argument var host: String
    @Argument var keyType: String = ""
    @Argument var key: String = ""
    @Argument var fingerprint: String = ""

    func run() throws {
        Surroundings.ofProcess().output(
            KnownHostCommand.line(pin: pin, host: host, keyType: keyType, key: key, fingerprint: fingerprint))
    }

    /// The line of a known_hosts file, or nothing where the key is another one.
    static func line(pin: String, host: String, keyType: String, key: String, fingerprint: String) -> String {
        guard !key.isEmpty, HostKey(algorithm: keyType, fingerprint: fingerprint).matches(pin: pin), !host.isEmpty,
            !host.contains("*")
        else { return "" }
        return "\(host) \(keyType) \(key)\n"
    }
}
