import SSH
package import Spec

/// A TCP connection that a node makes for us, as `ssh -W` does.
package struct NodeTunnel: Sendable {
    /// This end of it: a connected, non-blocking socket, which the user of it closes.
    package let descriptor: Int32
    private let session: Session

    /// Logs in to the node and connects from there.
    package static func open(
        through node: Spec.Node, to host: String, port: Int, settings: ConnectionSettings
    ) async throws -> NodeTunnel {
        let session = try await Session.open(NodeEndpoint(node), settings)
        do {
            let descriptor = try await session.openTCP(host: host, port: port, timeout: settings.connectTimeout)
            return NodeTunnel(descriptor: descriptor, session: session)
        } catch {
            await session.close()
            throw error
        }
    }

    /// Ends the session to the node.
    package func close() async {
        await session.close()
    }
}
