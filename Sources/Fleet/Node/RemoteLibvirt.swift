import Libvirt
import SSH
import Spec

/// The connections to the libvirt daemon of a node over ssh.
struct RemoteLibvirt: Sendable {
    /// The daemon's socket on the node.
    let socket: String
    let forwarding: Forwarding
    let uri: String
    let changes: LibvirtChannel
    let readers: [LibvirtChannel]

    private static let usualSocket = "/run/libvirt/libvirt-sock"

    /// Opens the daemon's usual socket; nil where there is nothing to connect to.
    static func tryUsual(
        through session: Session, _ node: NodeEndpoint, _ settings: ConnectionSettings
    ) async throws -> RemoteLibvirt? {
        let start = ContinuousClock.now
        guard let forwarding = try? await forward(usualSocket, session, node, settings) else { return nil }
        return try await open(usualSocket, forwarding, start.duration(to: .now), session, node, settings)
    }

    /// Opens a socket of the daemon.
    static func open(
        _ socket: String, through session: Session, _ node: NodeEndpoint, _ settings: ConnectionSettings
    ) async throws -> RemoteLibvirt {
        let start = ContinuousClock.now
        let forwarding = try await forward(socket, session, node, settings)
        return try await open(socket, forwarding, start.duration(to: .now), session, node, settings)
    }

    /// - Parameter roundTrip: how far away the node is.
    private static func open(
        _ socket: String, _ forwarding: Forwarding, _ roundTrip: Duration, _ session: Session, _ node: NodeEndpoint,
        _ settings: ConnectionSettings
    ) async throws -> RemoteLibvirt {
        let uri = "qemu+unix:///system?socket=\(forwarding.path)"
        let (changes, readers) = try await NodeConnection.channels(
            uri, laneCount(roundTrip, settings), node, settings, through: session)
        return RemoteLibvirt(
            socket: socket, forwarding: forwarding, uri: uri, changes: changes, readers: readers)
    }

    /// Closes all of it.
    func close() async {
        for channel in readers + [changes] { await channel.connection.close() }
        forwarding.close()
    }

    /// To forward a socket is a round trip, since a first connection is made to it.
    private static func forward(
        _ socket: String, _ session: Session, _ node: NodeEndpoint, _ settings: ConnectionSettings
    ) async throws -> Forwarding {
        try await settings.log.record("forwarding \(socket)", on: node.name) { try await session.forward(socket) }
    }

    /// How many connections for looking pay off: calls on one wait for each other a round trip each.
    private static func laneCount(_ roundTrip: Duration, _ settings: ConnectionSettings) -> Int {
        let milliseconds = Int(roundTrip / .milliseconds(1))
        return min(max(1, milliseconds / 4), settings.maximumLanes)
    }
}
