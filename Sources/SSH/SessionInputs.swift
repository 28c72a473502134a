/// Everything on this machine that decides where a session goes, as whom, and which host key it accepts.
///
/// Two of them differ where a new session could end up elsewhere than the old one: ssh_config says something else of the
/// host or of a jump host, a line of known_hosts that concerns them was added or removed, or a key's file was replaced.
/// Private keys are not read: of their files it holds inode, size and time.
package struct SessionInputs: Sendable, Equatable {
    private struct Host: Sendable, Equatable {
        let settings: HostSettings
        let knownLines: [[UInt8]]
        let files: [FileVersion?]
    }

    private var hosts: [Host] = []
    /// Whether ssh_config could be read for all of them; a session that is opened now says why it could not.
    private var isReadable = true
    /// How many jump hosts may stand behind each other.
    private static let maximalDepth = 8

    /// Reads what a session would be opened by now; blocks for as long as small local files take.
    init(_ endpoint: Endpoint, options: ConnectOptions, knownHosts: inout KnownHostsFiles) {
        add(endpoint, options, &knownHosts, depth: 0)
    }

    private mutating func add(
        _ endpoint: Endpoint, _ options: ConnectOptions, _ knownHosts: inout KnownHostsFiles, depth: Int
    ) {
        guard depth < Self.maximalDepth, let settings = try? HostSettings.resolve(endpoint, options) else {
            isReadable = false
            return
        }
        let keys = settings.identities.isEmpty ? settings.defaultIdentities : settings.identities
        let certificates = settings.certificates + keys.map { "\($0)-cert.pub" }
        hosts.append(
            Host(
                settings: settings,
                knownLines: knownHosts.lines(of: settings.knownHosts, concerning: names(settings)),
                files: (keys + certificates).map { FileVersion(of: $0) }))
        for hop in settings.jumps {
            guard let next = Endpoint(hop: hop, identities: endpoint.identities) else { continue }
            add(next, options, &knownHosts, depth: depth + 1)
        }
    }

    /// What known_hosts calls a host.
    private func names(_ settings: HostSettings) -> [String] {
        [settings.keyName] + (settings.port == 22 ? [] : ["[\(settings.keyName)]:\(settings.port)"])
    }
}
