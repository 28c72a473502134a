import Spec

/// Why a pool cannot have new disks on a node, whatever room it has.
extension FleetReading {
    /// Why nothing new can go into a pool of the spec; nil where it can, or can once the pool is made.
    func storageObstacle(_ pool: Pool, on node: ObservedNode) -> Obstacle? {
        if let there = node.pools.first(where: { $0.path == pool.path && $0.isActive }) {
            return otherStorage(pool, on: node) ?? missingMount(of: there, on: node)
        }
        return otherStorage(pool, on: node) ?? deviceObstacle(pool, on: node)
    }

    /// Why a pool is not what the spec says where something else is in its place; nil where nothing is, or what is can
    /// be set right.
    private func otherStorage(_ pool: Pool, on node: ObservedNode) -> Obstacle? {
        guard let there = node.pools.first(where: { $0.path == pool.path }),
            there.isActive || !names.defined(there, on: node.name)
        else { return nil }
        let differences = pool.differences(from: there.source)
        guard let first = differences.first else { return nil }
        return Obstacle(
            "the pool \(there.name) over \(pool.path) has the \(first.key) \(first.old ?? "none"), not \(first.new)",
            remedy: "stop that pool, if nothing in it is needed, or change the spec")
    }

    /// Says that nothing is mounted where a running pool has its file system: its folder looks empty then, and is not.
    func missingMount(of pool: ObservedPool, on node: ObservedNode) -> Obstacle? {
        guard pool.isActive, pool.isMounted, let folder = node.folders[pool.path], folder.state == .listed,
            !folder.isMountPoint
        else { return nil }
        return Obstacle(
            "nothing is mounted at \(pool.path), though the pool \(pool.name) is running",
            remedy: "restart it on \(node.name): virsh pool-destroy \(pool.name); virsh pool-start \(pool.name)")
    }

    /// Why a pool cannot be made of its device or export: libvirt makes one pool alone of each.
    ///
    /// A pool that this plan deletes first is not in the way.
    func deviceObstacle(_ pool: Pool, on node: ObservedNode) -> Obstacle? {
        guard let origin = pool.source.origin, let words = pool.source.originWords else { return nil }
        let leaving = leavingPools(of: node)
        for other in node.pools where other.path != pool.path && other.isMade(of: origin) {
            let reason = leaving.contains(other) ? reasonToStay(other, on: node) : ""
            guard let reason else { continue }
            return Obstacle(
                "the pool \(other.name) at \(other.path) is on the \(words)" + reason,
                remedy: "move what is in that pool away and remove it, or change the spec")
        }
        return nil
    }

    /// Why a pool that the spec has no more may be kept, to follow a sentence about it; nil where it goes in this plan.
    private func reasonToStay(_ pool: ObservedPool, on node: ObservedNode) -> String? {
        let folder = node.folders[pool.path]
        guard !pool.hidesContents else { return ", and what that contains is unknown while it is stopped" }
        guard !pool.isActive || folder?.state == .listed && folder?.id != nil else { return "" }
        if let path = node.firstFile(in: pool.path) { return " and contains \(path)" }
        return nil
    }
}

extension ObservedPool {
    /// Whether it is made of a device or an export, or will be when it starts next.
    func isMade(of origin: String) -> Bool { source.origin == origin || definedSource.origin == origin }
}

extension ObservedNode {
    /// A file in a folder that was seen or that a domain has as a disk, the first by name; not what every file system has.
    func firstFile(in folder: String) -> String? {
        let disks = domains.flatMap(\.reachedPaths)
        return (volumes.keys + disks).filter { $0.folder == folder && $0.fileName != "lost+found" }.min()
    }
}
