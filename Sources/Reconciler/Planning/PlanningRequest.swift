import Spec

/// What a plan is made of: the spec, what was read beside it, what was seen, and what was asked for.
///
/// It never changes, and is shared, since every stage has it.
final class PlanningRequest: Sendable {
    let cluster: Cluster
    let inputs: Inputs
    let fleet: ObservedFleet
    let intent: Intent
    let options: PlanningOptions
    let identity: ClusterIdentity
    let names: ObjectNames
    /// The UUIDs that our networks get where they are made.
    let networkIDs: [Name: UniqueID]
    /// The order in which instances take turns.
    let order: InstanceOrder
    /// The instances with disks that are somebody's own, sorted.
    let givenOwners: [Name]
    /// Whether any pool is on storage that nodes share, by the spec.
    let hasSharedPools: Bool

    init(cluster: Cluster, inputs: Inputs, fleet: ObservedFleet, intent: Intent, options: PlanningOptions) {
        self.cluster = cluster
        self.inputs = inputs
        self.fleet = fleet
        self.intent = intent
        self.options = options
        identity = ClusterIdentity(cluster)
        let names = ObjectNames(identity)
        self.names = names
        order = InstanceOrder(cluster)
        givenOwners = cluster.instances.filter { $0.value.disks.contains(where: \.isGiven) }.keys.sorted()
        hasSharedPools =
            cluster.pools.values.contains(where: \.shared)
            || cluster.nodes.values.contains { $0.pools.values.contains(where: \.shared) }
        networkIDs = Dictionary(uniqueKeysWithValues: cluster.networks.keys.map { ($0, names.networkUUID($0)) })
    }
}
