import SSH
import Spec

/// The connections to nodes, which last from round to round of a run.
///
/// A round asks for those that it needs. One that broke, or whose node is reached in another way now, is opened again
/// then; those that the round does not need are closed.
package actor NodeConnections {
    typealias Opening = @Sendable (NodeEndpoint, ConnectionSettings) async throws -> NodeConnection

    private let settings: ConnectionSettings
    /// The kinds of roles that guests are asked for and changed by.
    nonisolated var roles: RoleDrivers { settings.roles }
    private let open: Opening
    private var kept: [Name: NodeConnection] = [:]
    private var hasBegun = false

    package init(_ settings: ConnectionSettings) {
        self.init(settings) { try await .open($0, settings: $1) }
    }

    init(_ settings: ConnectionSettings, opening: @escaping Opening) {
        self.settings = settings
        open = opening
    }

    /// Reaches nodes, all at once, and tells of each why it cannot be reached; never fails as a whole.
    ///
    /// It takes as long as the slowest node. A connection that is kept costs a round trip.
    func reach(_ nodes: [NodeEndpoint]) async -> [Name: Result<NodeConnection, any Error>] {
        await begin()
        let wanted = Dictionary(nodes.map { ($0.name, $0) }) { first, _ in first }
        let old = kept.filter { wanted[$0.key] != $0.value.endpoint }
        kept = kept.filter { old[$0.key] == nil }
        await NodeConnections.close(old.values)
        let settings = settings.shared(between: nodes.count)
        let reached = await withTaskGroup(of: (Name, Result<NodeConnection, any Error>).self) { group in
            for endpoint in wanted.values {
                let connection = kept[endpoint.name]
                let open = open
                group.addTask { (endpoint.name, await Self.reach(endpoint, settings, by: connection, open)) }
            }
            var results: [Name: Result<NodeConnection, any Error>] = [:]
            for await (name, result) in group { results[name] = result }
            return results
        }
        kept = reached.compactMapValues { try? $0.get() }
        return reached
    }

    /// Closes all of them.
    package func close() async {
        let open = kept.values
        kept = [:]
        await NodeConnections.close(open)
    }

    private func begin() async {
        guard !hasBegun else { return }
        hasBegun = true
        DescriptorLimit.raise()
        // Dispatch opens its own descriptors at the first wait, and would end the process if none were left by then.
        try? await Task.sleep(for: .milliseconds(5))
        TemporaryFolder.removeLeftOvers()
    }

    /// The connection that is there, if it still works, or a new one.
    private static func reach(
        _ endpoint: NodeEndpoint, _ settings: ConnectionSettings, by connection: NodeConnection?, _ open: Opening
    ) async -> Result<NodeConnection, any Error> {
        if let connection {
            if await connection.isUsable() {
                await connection.cache.beginRound()
                return .success(connection)
            }
            await connection.close()
        }
        do { return .success(try await open(endpoint, settings)) } catch { return .failure(error) }
    }

    private static func close(_ connections: some Collection<NodeConnection> & Sendable) async {
        await withTaskGroup(of: Void.self) { group in
            for connection in connections { group.addTask { await connection.close() } }
        }
    }
}
