import Reconciler
import SSH
import Spec

/// The connections to nodes, which last from round to round of a run.
///
/// A round asks for those that it needs. One that broke, or whose node is reached in another way now, is opened again
/// then: the spec says so, or ssh_config, known_hosts or a key's file of this machine. Those that the round does not need
/// are closed.
package actor NodeConnections {
    typealias Opening = @Sendable (NodeEndpoint, ConnectionSettings) async throws -> NodeConnection

    private let settings: ConnectionSettings
    /// The kinds of roles that guests are asked for and changed by.
    nonisolated var roles: RoleDrivers { settings.roles }
    private let open: Opening
    private let descriptors: @Sendable () -> Int
    private var kept: [Name: Kept] = [:]
    private var hasBegun = false

    /// A connection, and what its session was opened by; nil for this machine itself.
    private struct Kept {
        let connection: NodeConnection
        let inputs: SessionInputs?
    }

    package init(_ settings: ConnectionSettings) {
        self.init(settings) { try await .open($0, settings: $1) }
    }

    /// - Parameter descriptors: how many files and sockets may be open, once the limit was raised.
    init(
        _ settings: ConnectionSettings, descriptors: @escaping @Sendable () -> Int = { DescriptorLimit.count },
        opening: @escaping Opening
    ) {
        self.settings = settings
        self.descriptors = descriptors
        open = opening
    }

    /// Reaches nodes, all at once, and tells of each why it cannot be reached; never fails as a whole.
    ///
    /// It takes as long as the slowest node. A connection that is kept costs a round trip. Where fewer files may be open than
    /// all nodes need, the last ones by name are not tried: some libraries end the process when none is left.
    func reach(_ nodes: [NodeEndpoint]) async -> [Name: Result<NodeConnection, any Error>] {
        await begin()
        let wanted = Dictionary(nodes.map { ($0.name, $0) }) { first, _ in first }
        let old = kept.filter { wanted[$0.key] != $0.value.connection.endpoint }
        kept = kept.filter { old[$0.key] == nil }
        await NodeConnections.close(old.values.map(\.connection))
        let settings = settings.shared(between: nodes.count)
        let affordable = max(1, (descriptors() - Self.otherDescriptors) / Self.fewestDescriptors)
        let names = wanted.keys.sorted()
        let reader = SessionInputsReader()
        let reached = await withTaskGroup(of: (Name, Result<Kept, any Error>).self) { group in
            for endpoint in names.prefix(affordable).compactMap({ wanted[$0] }) {
                let kept = kept[endpoint.name]
                let open = open
                group.addTask { (endpoint.name, await Self.reach(endpoint, settings, reader, by: kept, open)) }
            }
            var results: [Name: Result<Kept, any Error>] = [:]
            for name in names.dropFirst(affordable) {
                results[name] = .failure(
                    NodeUnreachable(
                        .other, "\(name): too many files would be open on this machine, so the node is not contacted",
                        remedy: DescriptorLimit.remedy))
            }
            for await (name, result) in group { results[name] = result }
            return results
        }
        kept = reached.compactMapValues { try? $0.get() }
        return reached.mapValues { $0.map(\.connection) }
    }

    /// What a node takes at least: its session 2, the forwarded socket 1, a libvirt connection 4.
    private static let fewestDescriptors = 7
    /// What else may be open: files of a run, programs, Dispatch.
    private static let otherDescriptors = 96

    /// Closes all of them.
    package func close() async {
        let open = kept.values.map(\.connection)
        kept = [:]
        await NodeConnections.close(open)
    }

    private func begin() async {
        guard !hasBegun else { return }
        hasBegun = true
        DescriptorLimit.raise()
        // Dispatch opens its own descriptors at the first wait, and would end the process if none were left by then.
        try? await Task.sleep(for: .milliseconds(5))
        PrivateFolder.removeLeftOvers()
    }

    /// The connection that is there, if it still works and a new one would be opened by the same, or a new one.
    private static func reach(
        _ endpoint: NodeEndpoint, _ settings: ConnectionSettings, _ reader: SessionInputsReader, by kept: Kept?,
        _ open: Opening
    ) async -> Result<Kept, any Error> {
        // Read before anything is opened: what changes meanwhile is seen in the next round.
        let inputs = await reader.inputs(of: endpoint, settings)
        if let kept {
            if inputs == kept.inputs, await kept.connection.isUsable() {
                await kept.connection.cache.beginRound()
                return .success(kept)
            }
            await kept.connection.close()
        }
        do {
            let connection = try await open(endpoint, settings)
            return .success(Kept(connection: connection, inputs: inputs))
        } catch { return .failure(error) }
    }

    private static func close(_ connections: some Collection<NodeConnection> & Sendable) async {
        await withTaskGroup(of: Void.self) { group in
            for connection in connections { group.addTask { await connection.close() } }
        }
    }
}
