import Reconciler
import SSH
import Spec

extension Session {
    /// Logs in to a node of the spec, through its bastion where it has one.
    static func open(_ node: NodeEndpoint, _ settings: ConnectionSettings) async throws -> Session {
        guard case .host(let host) = node.address else {
            throw NodeUnreachable(.other, "\(node.name) is this machine itself", remedy: "This is a bug in kvmctl.")
        }
        return try await connect(node.endpoint(of: host, settings), options: settings.connectOptions)
    }
}

extension SessionInputsReader {
    /// What a session to a node would be opened by now; nil for this machine itself.
    func inputs(of node: NodeEndpoint, _ settings: ConnectionSettings) -> SessionInputs? {
        guard case .host(let host) = node.address else { return nil }
        return inputs(of: node.endpoint(of: host, settings), options: settings.connectOptions)
    }
}

extension NodeEndpoint {
    fileprivate func endpoint(of host: String, _ settings: ConnectionSettings) -> Endpoint {
        Endpoint(
            host: host, port: port, user: user, identities: [settings.identity ?? identity].compactMap(\.self),
            hostKey: hostKey, jump: jump)
    }
}

extension ConnectionSettings {
    fileprivate var connectOptions: ConnectOptions {
        ConnectOptions(timeout: connectTimeout, knownHosts: knownHosts, configuration: configuration)
    }
}
