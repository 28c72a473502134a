/// How a session is opened and watched; the defaults are what a user wants.
package struct ConnectOptions: Sendable {
    /// Which ssh_config is read.
    package enum Configuration: Sendable, Equatable {
        /// `~/.ssh/config`, then `/etc/ssh/ssh_config`.
        case standard
        /// Only this file.
        case file(String)
        /// None.
        case none
    }

    /// The limit for everything up to and including authentication.
    package var timeout: Duration
    /// The known_hosts file to believe instead of the user's and the system's.
    package var knownHosts: String?
    package var configuration: Configuration
    /// Whether keys may come from an agent (`SSH_AUTH_SOCK`, or ssh_config's IdentityAgent).
    package var usesAgent: Bool
    /// After how much silence the node is asked for a sign of life.
    package var probeInterval: Duration
    /// How long it may take to give one before the link counts as lost.
    package var probeTimeout: Duration

    package init(
        timeout: Duration = .seconds(10), knownHosts: String? = nil, configuration: Configuration = .standard,
        usesAgent: Bool = true, probeInterval: Duration = .seconds(5), probeTimeout: Duration = .seconds(15)
    ) {
        self.timeout = timeout
        self.knownHosts = knownHosts
        self.configuration = configuration
        self.usesAgent = usesAgent
        self.probeInterval = probeInterval
        self.probeTimeout = probeTimeout
    }
}
