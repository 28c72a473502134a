import Spec

/// Which nodes share which folders.
///
/// Known by what kvmctl wrote into a folder, which every node that shares it reads, or by the spec (`shared: true`).
struct SharedFolders {
    private let cluster: Cluster
    private let nodes: [Name: ObservedNode]

    /// - Parameter nodes: those that answered.
    init(cluster: Cluster, nodes: [Name: ObservedNode]) {
        self.cluster = cluster
        self.nodes = nodes
    }

    /// A file on its own node, first, and as each node that shares its folder has it, also those that do not answer.
    func places(of path: String, on node: Name) -> [Location] {
        [Location(node: node, what: path)]
            + sharers(of: path.folder, on: node).map { sharer in
                Location(node: sharer.node, what: "\(sharer.what)/\(path.fileName)")
            }
    }

    /// The other nodes that share a folder, with its path there, also those that do not answer; in their order.
    func sharers(of folder: String, on node: Name) -> [Location] {
        var sharers: Set<Location> = []
        if let id = nodes[node]?.folders[folder]?.id {
            for (other, observed) in nodes where other != node {
                for found in observed.folders.values where found.id == id {
                    sharers.insert(Location(node: other, what: found.path))
                }
            }
        }
        for (name, pool) in cluster.pools where pool.shared && path(of: pool, name, on: node) == folder {
            for other in cluster.nodes.keys where other != node {
                sharers.insert(Location(node: other, what: path(of: pool, name, on: other)))
            }
        }
        return sharers.sorted()
    }

    private func path(of pool: Pool, _ name: Name, on node: Name) -> String {
        cluster.nodes[node]?.pools[name]?.path ?? pool.path
    }
}
