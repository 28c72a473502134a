package import SSH
package import Spec

/// How the nodes of a run are reached, and what they need from this side.
package struct ConnectionSettings: Sendable {
    /// The known_hosts file to believe instead of the user's and the system's.
    package var knownHosts: String?
    /// The private key that takes the place of every node's own `identity`.
    package var identity: String?
    /// The limit for reaching a node and logging in.
    package var connectTimeout: Duration
    package var configuration: ConnectOptions.Configuration
    /// Libvirt connections for looking to a node at most; how many depends on how far away it is.
    package var maximumLanes: Int
    /// The folder on every node where rosters and locks are kept.
    package var stateFolder: String
    /// The folder on this machine for mirrors of repositories that a node cannot reach; nil where there is none.
    package var mirrorFolder: String?
    /// The folder on this machine for system packages that are delivered to guests; nil where there is none.
    package var packagesFolder: String?
    /// Reads a secret at the moment it is needed.
    package var secret: @Sendable (Secret) async throws -> String
    /// Whether git may log in with what its machine holds: its user's keys, agent, stored passwords and settings.
    package var usesMachineLogins = true
    package var log: RemoteLog
    /// The kinds of roles that guests are asked for and changed by.
    package var roles: RoleDrivers
    /// How programs of this machine, such as Ansible, log in to a guest; nil where they cannot.
    package var guestLogin: @Sendable (GuestLoginRequest) -> GuestLoginWords? = { _ in nil }

    package init(
        knownHosts: String? = nil, identity: String? = nil, connectTimeout: Duration = .seconds(10),
        configuration: ConnectOptions.Configuration = .standard, maximumLanes: Int = 12,
        stateFolder: String = "/var/lib/kvmctl", mirrorFolder: String? = nil, log: RemoteLog = RemoteLog(),
        roles: RoleDrivers = RoleDrivers([]),
        secret: @escaping @Sendable (Secret) async throws -> String
    ) {
        self.knownHosts = knownHosts
        self.identity = identity
        self.connectTimeout = connectTimeout
        self.configuration = configuration
        self.maximumLanes = maximumLanes
        self.stateFolder = stateFolder
        self.mirrorFolder = mirrorFolder
        self.secret = secret
        self.log = log
        self.roles = roles
    }

    /// The same for one of this many nodes.
    ///
    /// Opening a connection costs this machine milliseconds, which many nodes' would add up to seconds.
    func shared(between nodes: Int) -> ConnectionSettings {
        var settings = self
        let nodes = max(1, nodes)
        // A node needs three descriptors and four for each connection: one for changes, some at times for guests. Where few
        // are to be had, it is looked at by the one for changes.
        let affordable = (DescriptorLimit.count / nodes - 15) / 4
        settings.maximumLanes = max(0, min(maximumLanes, max(3, 48 / nodes), affordable))
        return settings
    }
}
