import Reconciler
import Spec

/// A driver that carries out what is done to one subject on a node.
protocol SubjectDriver: Sendable {
    var context: NodeContext { get }
}

extension SubjectDriver {
    var node: Name { context.node }
    var connection: NodeConnection { context.connection }
    var cluster: ClusterIdentity { context.cluster }
    var lock: NodeLock { context.lock }
    var peers: Peers { context.peers }
}

/// The drivers of other subjects on the same node.
extension SubjectDriver {
    var domains: DomainDriver { context.domains }
    var images: ImageDriver { context.images }
    var pools: PoolDriver { context.pools }
    var readiness: ReadinessDriver { context.readiness }
    var seeds: SeedDriver { context.seeds }
    var snapshots: SnapshotDriver { context.snapshots }
    var volumes: VolumeDriver { context.volumes }
}
