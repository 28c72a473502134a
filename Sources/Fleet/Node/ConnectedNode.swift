package import Reconciler
package import Spec

/// A node that answered: observed and changed through libvirt and ssh.
package final class ConnectedNode: NodeDriver {
    /// What the drivers of its subjects share.
    let context: NodeContext
    /// What the round wants to know of the node.
    private let request: NodeRequest

    /// A driver over an open connection.
    init(
        _ connection: NodeConnection, _ request: NodeRequest, peers: Peers = Peers(), downloads: Downloads = Downloads()
    ) {
        self.request = request
        context = NodeContext(
            connection: connection, cluster: request.cluster,
            lock: NodeLock(connection, folder: connection.folder(of: request.cluster)), peers: peers,
            downloads: downloads)
    }

    package var node: Name { context.node }
    var cluster: ClusterIdentity { context.cluster }
    var connection: NodeConnection { context.connection }
    var lock: NodeLock { context.lock }

    package func observe() async -> NodeObservation {
        do {
            var observed = try await connection.observe(cluster, poolFolders: request.poolFolders, files: request.files)
            if await lock.isHeld { observed.lockHolder = nil }
            await MemoryReader(context: context).askMemory(&observed.domains, request.memories)
            await context.roles.askRoles(&observed.domains, of: request.roles)
            return .answered(observed)
        } catch {
            // What others ask of its peers is not answered by it.
            context.peers.noteUnreachable(node)
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
