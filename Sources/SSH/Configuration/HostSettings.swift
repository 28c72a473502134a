/// Everything that decides whom a session talks to and how, after the endpoint, ssh_config and defaults are put together.
struct HostSettings: Sendable, Equatable {
    /// The name or address to connect to.
    var host: String
    var port: Int
    var user: String
    /// The name under which known_hosts has the key (ssh_config's HostKeyAlias), where it is not the host's.
    var hostKeyAlias: String?
    var hostKeyPin: String?
    /// Keys that the user named, tried before any other.
    var identities: [String]
    /// Keys tried when none is named.
    var defaultIdentities: [String]
    /// Whether only the named keys may be used; an agent is then not asked for others.
    var identitiesOnly = false
    /// Certificates that belong to the keys.
    var certificates: [String] = []
    /// nil: the environment's (SSH_AUTH_SOCK).
    var agentSocket: String?
    var usesAgent = true
    /// The known_hosts files, the user's first.
    var knownHosts: [String]
    /// The address family, as for a socket.
    var family: Int32
    var sourceAddress: String?
    var jumps: [String] = []
    var proxyCommand: String?
    /// Lists of algorithms in ssh_config's own syntax.
    var ciphers: String?
    var macs: String?
    var keyExchanges: String?
    var hostKeyAlgorithms: String?
    var publicKeyAlgorithms: String?

    /// Where the node is, as messages call it.
    var target: String { "\(user)@\(host)" + (port == 22 ? "" : ":\(port)") }

    /// The name that known_hosts is asked for.
    var keyName: String { hostKeyAlias ?? host }

    /// The kinds of keys that servers have, each with the names of its signatures.
    static let hostKeyKinds = [
        ["ssh-ed25519"], ["ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521"],
        ["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"],
    ]

    /// AES-GCM first: as fast as any in hardware, and nothing has to be computed twice for its integrity.
    static let defaultCiphers =
        "aes128-gcm@openssh.com,aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,aes256-ctr,aes192-ctr,aes128-ctr"
}
