import Spec

extension FleetReading {
    /// Why a root disk cannot be made of an instance's image, and what to do; nil where it can.
    func imageObstacle(_ instance: Instance) -> (reason: String, remedy: String)? {
        guard let resolved = inputs.images[instance.image] else {
            return ("image \(instance.image) could not be read", "see the messages about it")
        }
        guard let size = resolved.virtualSize, instance.disk < size else { return nil }
        return (
            "its disk of \(instance.disk) is smaller than image \(instance.image), which has \(size)",
            "give it a disk of at least \(size)"
        )
    }

    func baseImagePath(of instance: Instance, on node: Name) -> String? {
        guard let folder = imagePool(of: instance, on: node), let image = inputs.images[instance.image] else {
            return nil
        }
        return "\(folder.path)/\(image.fileName)"
    }

    /// The pool that the base image of an instance's root disk goes to, or the CD that it is installed from.
    func imagePool(of instance: Instance, on node: Name) -> Pool? { cluster.imagePool(of: instance, on: node) }

    /// The pools of the spec over a folder of a node, the first by its name.
    func pools(over folder: String, on node: Name) -> [Pool] {
        cluster.pools(on: node).filter { $0.path == folder }.prefix(1).map(\.self)
    }

    /// Whether an image can be put into a folder: into that of a pool which can be used, and runs by then if it is one that is
    /// mounted.
    func mayBring(_ path: String, to node: Name, _ graph: PlanGraph) -> Bool {
        let pools = pools(over: path.folder, on: node)
        guard let pool = pools.first, poolProblem(pools, on: node) == nil else { return false }
        return isShown(pool, on: node) || graph.isFulfilled(.pool(Location(node: node, what: pool.path)))
    }

    /// Why the pools that an instance's new disks and their image go to cannot be used; nil where they can.
    func storageProblem(of instance: Instance, on node: Name) -> Obstacle? {
        let storage = storage(of: instance, on: node)
        return storage.obstacle ?? poolProblem(storage.pools, on: node)
    }

    /// Why pools cannot be used; nil where they can, or are made.
    func poolProblem(_ pools: [Pool], on node: Name) -> Obstacle? {
        guard let observed = answered[node] else { return nil }
        return pools.lazy.compactMap { pool in
            self.folderObstacle(pool, on: observed) ?? self.storageObstacle(pool, on: observed)
        }.first
    }

    /// Whether the folder of a missing image shows what is in it: that of a pool which is mounted, and is not now, does not.
    func showsContents(of path: String, on node: Name) -> Bool {
        let pools = pools(over: path.folder, on: node)
        return poolProblem(pools, on: node) == nil && pools.contains { isShown($0, on: node) }
    }

    private func isShown(_ pool: Pool, on node: Name) -> Bool {
        !pool.type.isMounted || answered[node]?.pools.contains { $0.path == pool.path && $0.isActive } == true
    }

    /// The requirements of what a file stands on: its pool runs, and it is there.
    func footing(on path: String, of node: Name) -> [Requirement] {
        [.pool(Location(node: node, what: path.folder)), .image(Location(node: node, what: path))]
    }

    /// What a domain's disks stand on: their pools run, and the files are there, before it starts.
    func footing(of owned: OwnedDomain) -> [Requirement] {
        backingFiles(of: owned).uniqued().flatMap { footing(on: $0, of: owned.node) }
    }
}
