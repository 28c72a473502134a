/// Where a session goes and as whom.
package struct Endpoint: Sendable, Equatable {
    /// A name, an address, or a Host of ssh_config.
    package var host: String
    /// The port; nil takes ssh_config's, then 22.
    package var port: Int?
    /// The user; nil takes ssh_config's, then the local user's name.
    package var user: String?
    /// Private key files to use, before any other key; `~/` stands for the home folder.
    package var identities: [String]
    /// A pinned host key (`SHA256:…`): only this key is accepted, and known_hosts is not asked.
    package var hostKey: String?

    /// The hosts to go through, as for `ssh -J`: `user@host:port`, several with commas; nil takes ssh_config's.
    package var jump: String?

    package init(
        host: String, port: Int? = nil, user: String? = nil, identities: [String] = [], hostKey: String? = nil,
        jump: String? = nil
    ) {
        self.host = host
        self.port = port
        self.user = user
        self.identities = identities
        self.hostKey = hostKey
        self.jump = jump
    }

    /// One hop of a jump list: `host`, `user@host`, `host:port`, `[address]:port`.
    package init?(hop: String, identities: [String]) {
        var rest = hop[...]
        var user: String?
        if let at = rest.lastIndex(of: "@") {
            user = String(rest[..<at])
            rest = rest[rest.index(after: at)...]
        }
        var port: Int?
        if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
            let tail = rest[rest.index(after: end)...]
            rest = rest[rest.index(after: rest.startIndex)..<end]
            if tail.hasPrefix(":") { port = Int(tail.dropFirst()) }
            if !tail.isEmpty, port == nil { return nil }
        } else if rest.count(where: { $0 == ":" }) == 1, let colon = rest.firstIndex(of: ":") {
            port = Int(rest[rest.index(after: colon)...])
            if port == nil { return nil }
            rest = rest[..<colon]
        }
        if rest.isEmpty || user?.isEmpty == true { return nil }
        self.init(host: String(rest), port: port, user: user, identities: identities)
    }
}
