import Reconciler
import SSH
import Spec

extension Session {
    /// Logs in to a node of the spec, through its bastion where it has one.
    static func open(_ node: Spec.Node, _ settings: ConnectionSettings) async throws -> Session {
        guard case .host(let host) = node.address else {
            throw NodeUnreachable(.other, "\(node.name) is this machine itself", remedy: "This is a defect of kvmctl.")
        }
        let identities = [settings.identity ?? node.identity].compactMap { $0 }
        let options = ConnectOptions(
            timeout: settings.connectTimeout, knownHosts: settings.knownHosts, configuration: settings.configuration)
        var bastion: Session?
        if let jump = node.jump {
            bastion = try await connect(Endpoint(jump: jump, identities: identities), options: options)
        }
        let endpoint = Endpoint(
            host: host, port: node.port, user: node.user, identities: identities, hostKey: node.hostKey)
        return try await connect(endpoint, options: options, through: bastion)
    }
}

extension Endpoint {
    /// Reads a bastion as `[user@]host[:port]`; an IPv6 address with a port stands in brackets.
    init(jump: String, identities: [String]) {
        var rest = jump[...]
        var user: String?
        if let at = rest.lastIndex(of: "@") {
            user = String(rest[..<at])
            rest = rest[rest.index(after: at)...]
        }
        var port: Int?
        if let colon = rest.lastIndex(of: ":"), let number = Int(rest[rest.index(after: colon)...]) {
            let host = rest[..<colon]
            if host.hasSuffix("]") || !host.contains(":") {
                port = number
                rest = host
            }
        }
        if rest.hasPrefix("["), rest.hasSuffix("]") { rest = rest.dropFirst().dropLast() }
        self.init(host: String(rest), port: port, user: user, identities: identities)
    }
}
