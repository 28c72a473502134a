package import Reconciler
package import Spec

/// A node that answered: observed and changed through libvirt and ssh.
package final class ConnectedNode: NodeDriver {
    package let node: Name
    package let cluster: ClusterIdentity
    let connection: NodeConnection
    let lock: NodeLock
    /// The other nodes, for what takes two.
    let peers: Peers
    /// What the round wants to know of the node.
    private let request: NodeRequest
    let downloads: Downloads

    /// A driver over an open connection.
    init(
        _ connection: NodeConnection, _ request: NodeRequest, peers: Peers = Peers(), downloads: Downloads = Downloads()
    ) {
        node = connection.name
        self.request = request
        self.peers = peers
        self.downloads = downloads
        cluster = request.cluster
        self.connection = connection
        lock = NodeLock(connection, folder: connection.folder(of: request.cluster))
    }

    package func observe() async -> NodeObservation {
        do {
            var observed = try await connection.observe(cluster, poolFolders: request.poolFolders, files: request.files)
            if await lock.isHeld { observed.lockHolder = nil }
            await askMemory(&observed.domains, request.memories)
            await askRoles(&observed.domains, of: request.roles)
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
