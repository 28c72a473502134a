import Glibc

extension HostSettings {
    /// Puts together what the endpoint says, what ssh_config says of it, and the defaults; the endpoint wins.
    ///
    /// - Throws: `unusable` for what ssh_config asks and this program cannot do, where that would change whom we talk to or
    ///   how we authenticate.
    static func resolve(_ endpoint: Endpoint, _ options: ConnectOptions) throws(ConnectFailure) -> HostSettings {
        let local = LocalUser.current
        let configuration = try read(options.configuration, endpoint, local)
        try refuseUnsupported(configuration, endpoint)

        let host =
            configuration.first("hostname").map { expand($0, ["h": endpoint.host, "n": endpoint.host]) }
            ?? endpoint.host
        let user = endpoint.user ?? configuration.first("user") ?? local.name
        let port = endpoint.port ?? configuration.first("port").flatMap { Int($0) } ?? 22
        guard (1...65535).contains(port) else {
            throw ConnectFailure(.unusable("port \(port) does not exist", remedy: "Use one between 1 and 65535."))
        }
        let tokens: [Character: String] = [
            "h": host, "n": endpoint.host, "p": String(port), "r": user, "u": local.name, "d": local.home,
            "k": configuration.first("hostkeyalias") ?? endpoint.host,
        ]
        func paths(_ keyword: String) -> [String] {
            (configuration.values[keyword] ?? []).filter { $0.lowercased() != "none" }.map {
                local.expand(expand($0, tokens))
            }
        }

        var settings = HostSettings(
            host: host, port: port, user: user, hostKeyAlias: configuration.first("hostkeyalias"),
            hostKeyPin: endpoint.hostKey,
            identities: endpoint.identities.isEmpty
                ? paths("identityfile") : endpoint.identities.map { HomeFolder.expand($0) },
            defaultIdentities: ["id_ed25519", "id_ecdsa", "id_rsa"].map { "\(local.home)/.ssh/\($0)" },
            identitiesOnly: configuration.isYes("identitiesonly"), certificates: paths("certificatefile"),
            usesAgent: options.usesAgent,
            knownHosts: options.knownHosts.map { [HomeFolder.expand($0)] } ?? knownHosts(configuration, local, paths),
            family: AF_UNSPEC)
        switch configuration.first("addressfamily")?.lowercased() {
        case "inet": settings.family = AF_INET
        case "inet6": settings.family = AF_INET6
        default: break
        }
        settings.sourceAddress = configuration.first("bindaddress")
        if let agent = configuration.values["identityagent"]?.first {
            if agent.lowercased() == "none" {
                settings.usesAgent = false
            } else if agent != "SSH_AUTH_SOCK" {
                settings.agentSocket = local.expand(expand(agent, tokens))
            }
        }
        let command = configuration.values["proxycommand"]?.joined(separator: " ")
        settings.jumps = try jumps(endpoint.jump ?? (command == nil ? configuration.first("proxyjump") : nil))
        if settings.jumps.isEmpty, let command, command.lowercased() != "none" {
            settings.proxyCommand = expand(command, tokens)
        }
        settings.ciphers = configuration.first("ciphers")
        settings.macs = configuration.first("macs")
        settings.keyExchanges = configuration.first("kexalgorithms")
        settings.hostKeyAlgorithms = configuration.first("hostkeyalgorithms")
        settings.publicKeyAlgorithms =
            configuration.first("pubkeyacceptedalgorithms") ?? configuration.first("pubkeyacceptedkeytypes")
        return settings
    }

    private static func read(
        _ source: ConnectOptions.Configuration, _ endpoint: Endpoint, _ local: LocalUser
    ) throws(ConnectFailure) -> ClientConfiguration {
        let userFolder = "\(local.home)/.ssh"
        let files: [ClientConfiguration.File] =
            switch source {
            case .standard:
                [
                    .init(path: "\(userFolder)/config", folder: userFolder, isUsers: true),
                    .init(path: "/etc/ssh/ssh_config", folder: "/etc/ssh", isUsers: false),
                ]
            case .file(let path): [.init(path: local.expand(path), folder: userFolder, isUsers: true)]
            case .none: []
            }
        return try ClientConfiguration(
            files: files, subject: .init(originalHost: endpoint.host, user: endpoint.user, local: local))
    }

    private static func refuseUnsupported(_ configuration: ClientConfiguration, _ endpoint: Endpoint)
        throws(ConnectFailure)
    {
        func isSet(_ keyword: String) -> Bool {
            configuration.first(keyword).map { !["no", "none", "false"].contains($0.lowercased()) } ?? false
        }
        var unsupported = ["canonicalizehostname": "CanonicalizeHostname", "pkcs11provider": "PKCS11Provider"]
        unsupported["proxyusefdpass"] = "ProxyUseFdpass"
        if endpoint.hostKey == nil { unsupported["revokedhostkeys"] = "RevokedHostKeys" }
        guard let found = unsupported.keys.sorted().first(where: isSet), let name = unsupported[found] else { return }
        throw ConnectFailure(
            .unusable(
                "ssh_config sets \(name) for \(endpoint.host), which is not supported",
                remedy: "Remove it for this host, or name address, user and identity in the spec."))
    }

    private static func knownHosts(
        _ configuration: ClientConfiguration, _ local: LocalUser, _ paths: (String) -> [String]
    ) -> [String] {
        let user =
            configuration.first("userknownhostsfile") == nil
            ? ["~/.ssh/known_hosts", "~/.ssh/known_hosts2"].map(local.expand) : paths("userknownhostsfile")
        let system =
            configuration.first("globalknownhostsfile") == nil
            ? ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"] : paths("globalknownhostsfile")
        return user + system
    }

    private static func jumps(_ list: String?) throws(ConnectFailure) -> [String] {
        guard let list, list.lowercased() != "none" else { return [] }
        return list.split(separator: ",").map { String($0.trimmingPrefix("ssh://")) }
    }

    /// Replaces `%` tokens and `${NAME}` of the environment; what is unknown stays as it is.
    private static func expand(_ text: String, _ tokens: [Character: String]) -> String {
        var result = ""
        var rest = text[...]
        while let character = rest.popFirst() {
            if character == "%", let token = rest.first, token == "%" || tokens[token] != nil {
                rest.removeFirst()
                result += token == "%" ? "%" : tokens[token] ?? ""
            } else if character == "$", rest.first == "{", let end = rest.firstIndex(of: "}") {
                let name = String(rest[rest.index(after: rest.startIndex)..<end])
                result += getenv(name).map { String(cString: $0) } ?? ""
                rest = rest[rest.index(after: end)...]
            } else {
                result.append(character)
            }
        }
        return result
    }
}
