package import Reconciler
package import Spec

/// A node that answered: observed and changed through libvirt and ssh.
package final class ConnectedNode: NodeDriver {
    package let node: Name
    let cluster: ClusterIdentity
    let connection: NodeConnection
    let lock: NodeLock
    /// The other nodes, for what takes two.
    let peers: Peers
    private let poolFolders: Set<String>
    /// Files of their owners that the spec gives to adopted instances.
    private let files: Set<String>
    /// Instances whose guests are asked what they serve.
    private let servers: Set<Name>
    /// How much memory each instance is to have.
    private let memories: [Name: Size]

    /// A driver over an open connection; `poolFolders` are the folders of the spec's pools on this node.
    init(
        _ connection: NodeConnection, cluster: ClusterIdentity, poolFolders: Set<String> = [], peers: Peers = Peers(),
        servers: Set<Name> = [], memories: [Name: Size] = [:], files: Set<String> = []
    ) {
        node = connection.name
        self.poolFolders = poolFolders
        self.files = files
        self.servers = servers
        self.memories = memories
        self.peers = peers
        self.cluster = cluster
        self.connection = connection
        lock = NodeLock(connection, folder: connection.folder(of: cluster))
    }

    package func observe() async -> NodeObservation {
        do {
            var observed = try await connection.observe(cluster, poolFolders: poolFolders, files: files)
            if await lock.isHeld { observed.lockHolder = nil }
            await askMemory(&observed.domains, memories)
            await askSites(&observed.domains, of: servers)
            return .answered(observed)
        } catch {
            return .unknown(Unreachable(node: node, await connection.root(of: error)))
        }
    }

    package func perform(
        _ step: Step, report: @escaping @Sendable (StepProgress) -> Void
    ) async throws(StepError) -> StepResult {
        let summary = "\(step.operation.words.purpose) on \(node)"
        do {
            try await lock.check()
            return try await connection.log.record("step \(step.id)", on: node) {
                try await perform(step.operation, step.expectation, report)
            }
        } catch {
            if let loss = await lock.loss { throw StepError(summary, loss) }
            throw StepError(summary, await connection.root(of: error))
        }
    }
}
