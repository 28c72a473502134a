import Libvirt
import Spec

/// One libvirt connection to a node; calls on it run one after the other.
struct LibvirtChannel: Sendable {
    let connection: Connection
    let node: Name
    let log: RemoteLog

    /// Runs calls on the connection's own queue and writes them down as one.
    func call<Value: Sendable>(
        _ what: String, _ body: @Sendable (isolated Connection) throws -> Value
    ) async throws -> Value {
        try await log.record(what, on: node) { try await body(connection) }
    }
}
