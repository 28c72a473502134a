import Spec

/// The space in pools, in which all that a plan makes or moves must fit together.
extension FleetReading {
    /// Why disks do not fit into their pools: each pool's together, beside what this plan has promised of it already; nil
    /// where they do, and of pools that nobody has looked at.
    func poolObstacle(
        _ demands: [PoolDemand], _ observed: ObservedNode, promised: [Location: UInt64],
        beside claims: Claims = Claims()
    ) -> Obstacle? {
        for folder in Self.unique(folders: demands) {
            let here = demands.filter { $0.folder == folder }
            guard let first = here.first else { continue }
            if let pool = pool(first.pool, on: observed.name),
                let obstacle = folderObstacle(pool, on: observed) ?? storageObstacle(pool, on: observed)
            {
                return obstacle
            }
            guard
                let available = observed.pools.first(where: { $0.isActive && $0.path == folder })?.available
            else { continue }
            let location = Location(node: observed.name, what: folder)
            let promised = UInt64.sum(promised[location, default: 0], claims.pools[location, default: 0])
            let wanted = here.reduce(0) { UInt64.sum($0, $1.bytes) }
            guard wanted > 0, UInt64.sum(promised, wanted) > available.bytes else { continue }
            let others = promised == 0 ? "" : ", of which \(promised >> 20)MiB are reserved for other disks"
            let needy = here.filter { $0.bytes > 0 }
            let disks = needy.map(\.disk).joined(separator: " and ")
            let scarce = "pool \(first.pool) has \(available.bytes >> 20)MiB free\(others)"
            return Obstacle(
                "\(scarce), but \(disks) \(needy.count == 1 ? "needs" : "need") \(Size(bytes: wanted))",
                remedy: "free space in \(folder) on \(observed.name), or use another pool or a smaller disk",
                cause: scarce)
        }
        return nil
    }

    /// What the disks of an instance that are not there yet need on a node.
    func newDemands(of instance: Instance, on node: Name) -> [PoolDemand] {
        let volumes = answered[node]?.volumes ?? [:]
        let new = disks(of: instance).filter { disk, pool, _ in
            guard let folder = self.pool(pool, on: node) else { return false }
            return volumes["\(folder.path)/\(volumeName(disk, of: instance.name))"] == nil
        }
        let needsImage = new.contains { $0.disk == "root" }
        return demands(new, on: node) + (needsImage ? imageDemands(of: instance, on: node) : [])
    }

    /// The pool that its image goes to, which must be usable; its space is not counted, since instances share images.
    func imageDemands(of instance: Instance, on node: Name) -> [PoolDemand] {
        imagePool(of: instance, on: node).map {
            [PoolDemand(pool: $0.name, folder: $0.path, disk: "image", bytes: 0)]
        } ?? []
    }

    /// What disks of these sizes need on a node.
    func demands(_ disks: [(disk: String, pool: Name, size: Size)], on node: Name) -> [PoolDemand] {
        disks.compactMap { disk, pool, size in
            self.pool(pool, on: node).map {
                PoolDemand(pool: pool, folder: $0.path, disk: disk, bytes: size.bytes)
            }
        }
    }

    /// The space that a domain's files will take at its destination, less what an earlier try left there.
    func demands(of owned: OwnedDomain, on direction: DomainMark.Move) -> [PoolDemand] {
        guard let source = answered[direction.from], let destination = answered[direction.to] else { return [] }
        let images = backingPaths(of: owned, on: direction).uniqued().filter { destination.volumes[$0] == nil }
        let needsPool = images.flatMap { path in
            pools(over: path.folder, on: direction.to).map {
                PoolDemand(pool: $0.name, folder: $0.path, disk: "image", bytes: 0)
            }
        }
        return needsPool
            + owned.domain.disks.compactMap { disk in
                guard let name = disk.name, name != "seed",
                    !isShared(disk.path, on: direction),
                    let volume = source.volumes[disk.path]
                else { return nil }
                let folder = direction.destinationPath(disk.path).folder
                guard
                    let pool = cluster.pools.keys.sorted().first(where: {
                        self.pool($0, on: direction.to)?.path == folder
                    })
                else { return nil }
                let left =
                    destination.volumes[direction.destinationPath(disk.path)].map {
                        ($0.allocation ?? $0.capacity).bytes
                    }
                    ?? 0
                let need = (volume.allocation ?? volume.capacity).bytes
                return PoolDemand(pool: pool, folder: folder, disk: name, bytes: need - min(need, left))
            }
    }

    private static func unique(folders demands: [PoolDemand]) -> [String] {
        var seen: Set<String> = []
        return demands.map(\.folder).filter { seen.insert($0).inserted }
    }
}
