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

    package init(
        host: String, port: Int? = nil, user: String? = nil, identities: [String] = [], hostKey: String? = nil
    ) {
        self.host = host
        self.port = port
        self.user = user
        self.identities = identities
        self.hostKey = hostKey
    }
}
