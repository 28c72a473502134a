import Libvirt
import Reconciler
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

    /// Opens the daemon's usual socket; nil where that cannot be, for whatever reason.
    ///
    /// Nothing is asked of the node before: that would be a round trip.
    static func tryUsual(
        through session: Session, _ node: NodeEndpoint, _ settings: ConnectionSettings
    ) async throws -> RemoteLibvirt? {
        guard let forwarding = try? await forward(usualSocket, isTried: false, session, node, settings) else {
            return nil
        }
        do {
            return try await open(usualSocket, forwarding, session, node, settings)
        } catch let error as NodeUnreachable where error.reason.cause == .noDaemon {
            // The session is gone with a daemon that does not answer.
            throw error
        } catch {
            return nil
        }
    }

    /// Opens a socket of the daemon.
    ///
    /// - Throws: where it does not take connections, the reason.
    static func open(
        _ socket: String, through session: Session, _ node: NodeEndpoint, _ settings: ConnectionSettings
    ) async throws -> RemoteLibvirt {
        let forwarding = try await forward(socket, isTried: true, session, node, settings)
        return try await open(socket, forwarding, session, node, settings)
    }

    private static func open(
        _ socket: String, _ forwarding: Forwarding, _ session: Session, _ node: NodeEndpoint,
        _ settings: ConnectionSettings
    ) async throws -> RemoteLibvirt {
        let uri = "qemu+unix:///system?socket=\(forwarding.path)"
        let (changes, readers) = try await NodeConnection.channels(
            uri, laneCount(session.roundTrip, settings), node, settings, through: session)
        return RemoteLibvirt(
            socket: socket, forwarding: forwarding, uri: uri, changes: changes, readers: readers)
    }

    /// Closes all of it.
    func close() async {
        for channel in readers + [changes] { await channel.connection.close() }
        forwarding.close()
    }

    private static func forward(
        _ socket: String, isTried: Bool, _ session: Session, _ node: NodeEndpoint, _ settings: ConnectionSettings
    ) async throws -> Forwarding {
        try await settings.log.record("forwarding \(socket)", on: node.name) {
            try await session.forward(socket, isTried: isTried)
        }
    }

    /// How many connections for looking pay off: calls on one wait for each other a round trip each.
    private static func laneCount(_ roundTrip: Duration, _ settings: ConnectionSettings) -> Int {
        let milliseconds = Int(roundTrip / .milliseconds(1))
        return min(max(1, milliseconds / 4), settings.maximumLanes)
    }
}
