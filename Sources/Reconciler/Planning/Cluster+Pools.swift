import Spec

extension Cluster {
    /// A pool as it is on a node; nil where there is none of the name.
    func pool(_ name: Name, on node: Name) -> Pool? { nodes[node]?.pools[name] ?? pools[name] }

    /// The pools that have a folder on a node, by their names.
    func pools(at folder: String, on node: Name) -> [Name] {
        pools.keys.filter { pool($0, on: node)?.path == folder }.sorted()
    }

    /// Where a file that is in a pool of one node would be in the same pool of another.
    func path(_ path: String, from node: Name, to other: Name) -> String {
        let folder = DomainMark.Move.folder(of: path)
        guard let name = pools(at: folder, on: node).first, let there = pool(name, on: other) else { return path }
        return DomainMark.Move(from: node, to: other, folders: [.init(from: folder, to: there.path)]).destinationPath(
            path)
    }
}
