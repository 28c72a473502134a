import Reconciler
import Spec

/// What a round wants to know of one node, beside everything that is on it.
struct NodeRequest: Sendable {
    var cluster: ClusterIdentity
    /// The folders of the spec's pools on the node.
    var poolFolders: Set<String> = []
    /// Files and block devices of their owners that the spec gives to instances.
    var files: Set<String> = []
    /// The roles of the spec by their instances, whose guests are asked for them.
    var roles: [Name: [Name: Role]] = [:]
    /// How much memory each instance is to have.
    var memories: [Name: Size] = [:]

    init(cluster: ClusterIdentity) {
        self.cluster = cluster
    }

    /// What a plan for the cluster depends on.
    init(_ cluster: Cluster, node: Name) {
        self.init(cluster: ClusterIdentity(cluster))
        func folder(_ pool: Name) -> String? { (cluster.nodes[node]?.pools[pool] ?? cluster.pools[pool])?.path }
        poolFolders = Set(cluster.pools.keys.compactMap(folder))
        files = Set(
            cluster.instances.values.flatMap(\.disks).compactMap { disk in
                disk.path ?? disk.volume.flatMap { volume in folder(disk.pool).map { "\($0)/\(volume)" } }
            })
        for instance in cluster.instances.values where !instance.roles.isEmpty {
            roles[instance.name] = instance.roles
            // The mark of one that is renamed has its old name still.
            if let old = cluster.formerName(of: instance) { roles[old] = instance.roles }
        }
        memories = cluster.instances.mapValues(\.memory)
    }
}
