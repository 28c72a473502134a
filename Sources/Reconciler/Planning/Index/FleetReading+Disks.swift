import Spec

extension FleetReading {
    /// Every disk of an instance that kvmctl makes but the seed, the root disk first.
    func disks(of instance: Instance) -> [(disk: String, pool: Name, size: Size)] {
        [("root", instance.pool, instance.disk)] + instance.ownDisks.map { ($0.name.text, $0.pool, $0.size) }
    }

    /// The pools that an instance's disks and what its root disk is made from go to on a node, each once; the first that is
    /// not there is what is missing.
    func storage(of instance: Instance, on node: Name) -> Storage {
        var storage = Storage()
        for (_, name, _) in disks(of: instance) {
            guard let pool = pool(name, on: node) else {
                storage.obstacle = storage.obstacle ?? .noPool(name, on: node)
                continue
            }
            if !pool.takes(.disks) { storage.obstacle = storage.obstacle ?? .takesNoDisks(pool, on: node) }
            storage.add(pool)
        }
        guard let pool = imagePool(of: instance, on: node) else {
            storage.obstacle = storage.obstacle ?? .noImagePool(instance, on: node)
            return storage
        }
        storage.add(pool)
        return storage
    }

    func volumeName(_ disk: String, of instance: Name) -> String {
        guard disk != "root", let name = Name(disk) else { return names.rootVolume(instance) }
        return names.dataVolume(name, of: instance)
    }
}

/// The pools that an instance needs on a node.
struct Storage {
    private(set) var pools: [Pool] = []
    /// Why the node has not all of them.
    var obstacle: Obstacle?

    fileprivate mutating func add(_ pool: Pool) {
        if !pools.contains(where: { $0.name == pool.name }) { pools.append(pool) }
    }
}

extension Obstacle {
    fileprivate static func noPool(_ pool: Name, on node: Name) -> Obstacle {
        Obstacle("it has no pool \(pool)", remedy: "give the pool \(pool) a path on \(node), or use another pool")
    }

    fileprivate static func takesNoDisks(_ pool: Pool, on node: Name) -> Obstacle {
        Obstacle(
            "the pool \(pool.name) takes no disks there",
            remedy: "add disks to the content of \(pool.name) on \(node), or use another pool")
    }

    fileprivate static func noImagePool(_ instance: Instance, on node: Name) -> Obstacle {
        let thing = (instance.installation == nil ? PoolContent.images : .iso).rawValue
        return Obstacle(
            "no pool there takes the image \(instance.image)",
            remedy: "add \(thing) to the content of one of the pools on \(node)")
    }
}
