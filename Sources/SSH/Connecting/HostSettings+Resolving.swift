import Glibc

extension HostSettings {
    /// Puts together what the endpoint says, what ssh_config says of it, and the defaults; the endpoint wins.
    static func resolve(_ endpoint: Endpoint, _ options: ConnectOptions) throws(ConnectFailure) -> HostSettings {
        let user = LocalUser.current
        let knownHosts =
            options.knownHosts.map { [$0] } ?? [
                user.expand("~/.ssh/known_hosts"), user.expand("~/.ssh/known_hosts2"), "/etc/ssh/ssh_known_hosts",
                "/etc/ssh/ssh_known_hosts2",
            ]
        return HostSettings(
            host: endpoint.host, port: endpoint.port ?? 22, user: endpoint.user ?? user.name,
            hostKeyPin: endpoint.hostKey, identities: endpoint.identities.map(user.expand),
            defaultIdentities: ["id_ed25519", "id_ecdsa", "id_rsa"].map { "\(user.home)/.ssh/\($0)" },
            usesAgent: options.usesAgent, knownHosts: knownHosts, family: AF_UNSPEC)
    }
}
