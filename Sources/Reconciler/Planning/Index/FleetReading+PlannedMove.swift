import Spec

extension FleetReading {
    /// The files that a move makes on one node and leaves on the other, by the domain's own disks.
    func plannedMove(_ owned: OwnedDomain, _ direction: DomainMark.Move, isLive: Bool) -> InstanceMove {
        let (from, to) = (direction.from, direction.to)
        let instance = cluster.instances[currentName(of: owned)]
        func onSource(_ path: String) -> String { owned.node == to ? direction.sourcePath(path) : path }
        let volumes = answered[owned.node]?.volumes ?? [:]
        let disks = owned.domain.disks.compactMap { disk -> InstanceMove.Disk? in
            guard let name = disk.name, name != "seed", !isShared(disk.path, on: direction) else { return nil }
            let volume = volumes[disk.path]
            return InstanceMove.Disk(
                name: name, path: onSource(disk.path), capacity: volume?.capacity ?? Size(bytes: 0),
                backingPath: (volume?.backingPath).map(onSource))
        }
        let seed = owned.domain.disks.first { $0.name == "seed" }?.path
        var move = InstanceMove(
            instance: owned.mark.instance, uuid: owned.domain.uuid, name: owned.domain.name, from: from, to: to,
            isLive: isLive, transport: .direct, disks: disks,
            seedPath: seed.flatMap { isShared($0, on: direction) ? nil : onSource($0) },
            autostart: instance?.autostart ?? owned.domain.autostart, pin: instance?.node)
        move.folders = direction.folders
        move.sharedFolders = direction.sharedFolders
        move.policy = cluster.migration
        if instance?.firewall != nil { move.ownTaps = Set(owned.mark.nics.values.map(\.mac)) }
        move.stayingPaths = owned.domain.disks.map(\.path).filter { isShared($0, on: direction) }
        if owned.node == from { move.looseBackingPaths = looseBackingPaths(of: owned, on: direction) }
        chooseTransport(&move)
        return move
    }

    /// Whether a file stays where it is on the way: its mark says that both ends share it, or the spec does.
    func isShared(_ path: String, on direction: DomainMark.Move) -> Bool {
        direction.sharedFolders.contains(path.folder) || isShared(path, between: direction.from, and: direction.to)
    }

    /// The way of a migration from where a domain is; one that goes on leaves in place what its mark says.
    func direction(
        of owned: OwnedDomain, to target: Name, folders: [DomainMark.Move.Folder] = []
    ) -> DomainMark.Move {
        var direction = DomainMark.Move(from: owned.node, to: target, folders: folders)
        if let begun = owned.mark.move, begun.from == direction.from, begun.to == direction.to {
            direction.sharedFolders = begun.sharedFolders
        } else {
            let paths = owned.domain.disks.map(\.path).filter { isShared($0, between: owned.node, and: target) }
            direction.sharedFolders = Set(paths.map(\.folder)).sorted()
        }
        return direction
    }

    /// Whether two nodes have a file on storage that the spec says they share.
    func isShared(_ path: String, between first: Name, and second: Name) -> Bool {
        guard index.request.hasSharedPools else { return false }
        let folder = path.folder
        return cluster.pools.keys.contains { name in
            guard let one = pool(name, on: first), let two = pool(name, on: second) else { return false }
            return one.shared && two.shared && one.path == two.path && one.path == folder
        }
    }

    /// Whether the instance runs when its move begins: what this plan does to it comes first.
    func willRun(_ instance: Instance, _ owned: OwnedDomain) -> Bool {
        switch instance.power {
        case .on: owned.domain.power == .running || owned.domain.power == .paused
        case .keep: owned.domain.power == .running || wasLeftPaused(owned)
        case .off: false
        }
    }
}
