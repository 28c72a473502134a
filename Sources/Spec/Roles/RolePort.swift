/// A port of the guest that a role claims for itself.
package struct RolePort: Sendable, Hashable {
    package let port: Int
    package let transport: PackagePort.Transport
    /// Where it is written below the role.
    package let key: String

    package init(_ port: Int, _ transport: PackagePort.Transport = .tcp, at key: String) {
        self.port = port
        self.transport = transport
        self.key = key
    }

    /// What is on the same port of another transport is in nobody's way.
    var claim: String { transport == .tcp ? "\(port)" : "\(port)/\(transport.rawValue)" }
}
