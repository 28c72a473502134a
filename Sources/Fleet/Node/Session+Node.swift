import Reconciler
import SSH
import Spec

extension Session {
    /// Logs in to a node of the spec, through its bastion where it has one.
    static func open(_ node: NodeEndpoint, _ settings: ConnectionSettings) async throws -> Session {
        guard case .host(let host) = node.address else {
            throw NodeUnreachable(.other, "\(node.name) is this machine itself", remedy: "This is a bug in kvmctl.")
        }
        let identities = [settings.identity ?? node.identity].compactMap { $0 }
        let options = ConnectOptions(
            timeout: settings.connectTimeout, knownHosts: settings.knownHosts, configuration: settings.configuration)
        let endpoint = Endpoint(
            host: host, port: node.port, user: node.user, identities: identities, hostKey: node.hostKey, jump: node.jump
        )
        return try await connect(endpoint, options: options)
    }
}
