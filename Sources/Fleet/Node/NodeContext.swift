package import Reconciler
package import Spec

/// What the drivers of one node share: its connection, and who else takes part.
package struct NodeContext: Sendable {
    let connection: NodeConnection
    package let cluster: ClusterIdentity
    let lock: NodeLock
    /// The other nodes, for what takes two.
    let peers: Peers
    /// Files that were fetched here, for nodes that cannot fetch them.
    let downloads: Downloads

    package var node: Name { connection.name }
}

/// The drivers by subject.
extension NodeContext {
    var domains: DomainDriver { DomainDriver(context: self) }
    var firewalls: FirewallDriver { FirewallDriver(context: self) }
    var images: ImageDriver { ImageDriver(context: self) }
    var moves: MigrationDriver { MigrationDriver(context: self) }
    var networks: NetworkDriver { NetworkDriver(context: self) }
    var pools: PoolDriver { PoolDriver(context: self) }
    var readiness: ReadinessDriver { ReadinessDriver(context: self) }
    var roles: GuestRoles { GuestRoles(context: self) }
    var rosters: RosterDriver { RosterDriver(context: self) }
    var seeds: SeedDriver { SeedDriver(context: self) }
    var snapshots: SnapshotDriver { SnapshotDriver(context: self) }
    var storage: StorageDriver { StorageDriver(context: self) }
    var updates: UpdateDriver { UpdateDriver(context: self) }
    var volumes: VolumeDriver { VolumeDriver(context: self) }
}
