import Spec

/// Which nodes share which folders.
///
/// Known by what kvmctl wrote into a folder, which every node that shares it reads, or by the spec (`shared: true`). It is asked
/// for every file of a fleet, so that what it answers from is put together once.
struct SharedFolders {
    /// What kvmctl wrote into the folders.
    private var ids: [Location: String] = [:]
    /// The folders with a text, in their order.
    private var folders: [String: [Location]] = [:]
    /// The shared pools of the spec whose folder is there.
    private var pools: [Location: [Name]] = [:]
    /// The folder of a shared pool on every node, in their order.
    private var members: [Name: [Location]] = [:]

    /// Nothing is shared.
    init() {}

    /// - Parameter nodes: those that answered.
    init(cluster: Cluster, nodes: [Name: ObservedNode]) {
        for (node, observed) in nodes {
            for folder in observed.folders.values {
                guard let id = folder.id else { continue }
                let place = Location(node: node, what: folder.path)
                ids[place] = id
                folders[id, default: []].append(place)
            }
        }
        for id in folders.keys { folders[id]?.sort() }
        for node in cluster.nodes.keys {
            for pool in cluster.pools(on: node) where pool.shared {
                let place = Location(node: node, what: pool.path)
                pools[place, default: []].append(pool.name)
                members[pool.name, default: []].append(place)
            }
        }
        for name in members.keys { members[name]?.sort() }
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
        let place = Location(node: node, what: folder)
        let marked = ids[place].flatMap { folders[$0] } ?? []
        let named = pools[place] ?? []
        // Most folders are one node's own.
        if marked.count < 2, named.isEmpty { return marked.filter { $0.node != node } }
        var sharers = Set(marked)
        for pool in named { sharers.formUnion(members[pool] ?? []) }
        return sharers.filter { $0.node != node }.sorted()
    }
}
