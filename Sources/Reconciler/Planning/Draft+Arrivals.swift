import Spec

extension Draft {
    /// Of an instance that is on both ends of the way its marks tell of, the domain that counts; nil where they say
    /// nothing of the kind, which is a conflict.
    ///
    /// What the destination has counts once it is defined there for good, since that happens only after all of its data
    /// has arrived; unless the source runs, which then was resumed after the destination gave up.
    mutating func recallTwoPlaces(_ domains: [OwnedDomain]) -> OwnedDomain? {
        guard domains.count == 2, let move = domains[0].mark.move, domains[1].mark.move == move,
            let source = domains.first(where: { $0.node == move.from }),
            let destination = domains.first(where: { $0.node == move.to }),
            source.domain.uuid == destination.domain.uuid
        else { return nil }
        let instance = source.mark.instance
        if let (counts, isFrozen) = recallPostCopy(source, destination, move) {
            if !isFrozen {
                arrivals[instance] = Arrival(
                    move: move, isComplete: true, otherEnd: .answers, isTwice: true, isFetching: true)
            }
            return counts
        }
        let isRunningTwice = source.domain.power == .running && destination.domain.power == .running
        guard destination.domain.isPersistent else {
            freeze(
                instance,
                "a migration from \(move.from) to \(move.to) is under way or is just being given up; try again")
            return source
        }
        if isRunningTwice { return nil }
        if source.domain.power == .running, destination.domain.power != .shutOff { return nil }
        let isComplete = source.domain.power != .running
        arrivals[instance] = Arrival(move: move, isComplete: isComplete, otherEnd: .answers, isTwice: true)
        return isComplete ? destination : source
    }

    /// Looks at every instance whose mark says that it is on its way, and freezes those of which too little is known.
    mutating func recallMoves() {
        for (instance, owned) in owned.sorted(by: { $0.key < $1.key }) where arrivals[instance] == nil {
            guard let move = owned.mark.move, frozen[instance] == nil else { continue }
            guard owned.node == move.from || owned.node == move.to else { continue }
            let other = move.otherEnd(than: owned.node)
            let isComplete = owned.node == move.to
            let end: Arrival.End =
                answered[other] != nil ? .answers : cluster.nodes[other]?.state == .lost ? .lost : .silent
            arrivals[instance] = Arrival(move: move, isComplete: isComplete, otherEnd: end, isTwice: false)
            if isComplete, owned.domain.postCopy != nil {
                freeze(
                    instance,
                    end == .silent
                        ? "it waits for the rest of its memory from \(other), which does not answer"
                        : Draft.lostMemory(owned.domain.name, on: owned.node, from: other))
            } else if isComplete, !owned.domain.isPersistent {
                freeze(instance, "its migration from \(other) has not ended, or is just being given up; try again")
            } else if end == .silent, owned.domain.power != .running {
                freeze(
                    instance,
                    "it is on its way from \(move.from) to \(move.to), and \(other), which does not answer, may run it")
            }
        }
    }

    /// Whether an instance on both ends is in post-copy, and whether nothing can be done about it; nil where it is not.
    private mutating func recallPostCopy(
        _ source: OwnedDomain, _ destination: OwnedDomain, _ move: DomainMark.Move
    ) -> (OwnedDomain, isFrozen: Bool)? {
        guard let postCopy = destination.domain.postCopy else {
            // The destination has all of it, or never ran: the source's word alone says nothing.
            return nil
        }
        let mayCome = source.domain.postCopy != nil || postCopy == .underWay
        if !mayCome {
            freeze(
                source.mark.instance,
                Draft.lostMemory(destination.domain.name, on: move.to, from: move.from))
        }
        return (destination, isFrozen: !mayCome)
    }

    /// That a guest cannot go on, and what to do.
    private static func lostMemory(_ name: String, on node: Name, from other: Name) -> String {
        "the rest of its memory was on \(other), which does not have it any more; end what is left of it with "
            + "`virsh destroy \(name)` on \(node), and the next apply starts it from its disks"
    }

    private mutating func freeze(_ instance: Name, _ reason: String) { frozen[instance] = reason }

    /// Shows that nothing is done to an instance now, and why.
    mutating func showFrozen(_ instance: Name, _ owned: OwnedDomain, _ action: Action) {
        changes.append(
            Change(
                action, ObjectReference(.instance, instance.text, on: owned.node),
                reason: owned.mark.move == nil ? "it may be elsewhere as well" : "a move of it is unfinished",
                blocked: frozen[instance], position: cluster.instances[instance]?.position))
    }

    /// The files that a move makes on one node and leaves on the other, by the domain's own disks.
    func travelling(_ owned: OwnedDomain, _ way: DomainMark.Move, isLive: Bool) -> InstanceMove {
        let (from, to) = (way.from, way.to)
        let instance = cluster.instances[owned.mark.instance]
        func onSource(_ path: String) -> String { owned.node == to ? way.leaving(path) : path }
        let volumes = answered[owned.node]?.volumes ?? [:]
        let disks = owned.domain.disks.compactMap { disk -> InstanceMove.Disk? in
            guard let name = disk.name, name != "seed", !isShared(disk.path, between: from, and: to) else { return nil }
            let volume = volumes[disk.path]
            return InstanceMove.Disk(
                name: name, path: onSource(disk.path), capacity: volume?.capacity ?? Size(bytes: 0),
                backingPath: (volume?.backingPath).map(onSource))
        }
        let seed = owned.domain.disks.first { $0.name == "seed" }?.path
        var move = InstanceMove(
            instance: owned.mark.instance, uuid: owned.domain.uuid, name: owned.domain.name, from: from, to: to,
            isLive: isLive, transport: .direct, disks: disks,
            seedPath: seed.flatMap { isShared($0, between: from, and: to) ? nil : onSource($0) },
            autostart: instance?.autostart ?? owned.domain.autostart, pin: instance?.node)
        move.folders = way.folders
        move.policy = cluster.migration
        move.stayingPaths = owned.domain.disks.map(\.path).filter { isShared($0, between: from, and: to) }
        chooseTransport(&move)
        return move
    }

    /// Whether two nodes have a file on storage that the spec says they share.
    func isShared(_ path: String, between first: Name, and second: Name) -> Bool {
        let folder = path.split(separator: "/").dropLast().joined(separator: "/")
        return cluster.pools.keys.contains { name in
            guard let one = pool(name, on: first), let two = pool(name, on: second) else { return false }
            return one.shared && two.shared && one.path == two.path && one.path == "/\(folder)"
        }
    }
}
