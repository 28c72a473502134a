import Spec

/// What one instance's update takes of what all instances share.
///
/// It is the update's own until the update is accepted: a refused one leaves no trace in rosters, rooms or the plans of
/// others.
struct Claims {
    /// Data disks that it lets go of, which stay.
    var kept: [Roster.KeptDisk] = []
    /// Kept disks that it takes back.
    var retaken: Set<Location> = []
    /// What its node gives it beyond what it has.
    var vcpus: Double = 0
    var memory: Double = 0
    /// Bytes of pools' folders that its new disks take.
    var pools: [Location: UInt64] = [:]
    /// Bytes of pools' folders that its disks take which move there.
    var copies: [Location: UInt64] = [:]

    /// Counts the room that disks take of a node's pools.
    mutating func take(_ demands: [PoolDemand], on node: Name) {
        for demand in demands {
            let location = Location(node: node, what: demand.folder)
            pools[location] = Draft.sum(pools[location, default: 0], demand.bytes)
        }
    }
}

extension Draft {
    /// Takes an update into the plan, with all that it claims.
    mutating func accept(_ update: InstanceUpdate, of instance: Name, on node: Name) {
        let claims = update.claims
        if claims.vcpus > 0 || claims.memory > 0 {
            var room = remainingRoom(of: node)
            room.promise(vcpus: claims.vcpus, memory: claims.memory)
            grown[node] = room
        }
        newlyKept += claims.kept
        var update = update
        update.details += claims.kept.map { disk in
            let goes = goesAtOnce(disk, update)
            return goes
                ? "data disk \(disk.disk) at \(disk.path) is deleted: that was asked for"
                : "data disk \(disk.disk) stays at \(disk.path)"
                    + (deletes(disk.disk.text, of: disk.instance)
                        ? silentUse(of: disk.path, on: disk.node).map { ": \($0)" } ?? "" : "")
        }
        releasedPaths.formUnion(claims.retaken)
        promisedRoom.merge(claims.pools, uniquingKeysWith: Draft.sum)
        promisedRoom.merge(claims.copies, uniquingKeysWith: Draft.sum)
        updates[instance] = update
    }

    /// Whether a data disk that an update lets go of is deleted by the same plan.
    func goesAtOnce(_ disk: Roster.KeptDisk, _ update: InstanceUpdate) -> Bool {
        guard let owned = owned[disk.instance] else { return false }
        // What is tried may be taken back, and then the disk is wanted again.
        return deletes(disk.disk.text, of: disk.instance) && update.attempt == nil && !owned.mark.protect
            && owned.domain.snapshots.isEmpty && isNamedOurs(disk)
            && silentUse(of: disk.path, on: disk.node) == nil
            && !isUsedElsewhere(disk.path, on: disk.node, besides: owned.domain.uuid)
    }

    /// The room of a node with what this plan makes there and what accepted updates grow by.
    mutating func remainingRoom(of node: Name) -> Room {
        if let room = grown[node] { return room }
        let room = roomWithNew(of: node)
        grown[node] = room
        return room
    }

    /// The room of a node with what this plan makes there.
    func roomWithNew(of node: Name) -> Room {
        var room = room(of: node)
        if let new = newDemand[node] { room.promise(vcpus: new.vcpus, memory: new.memory) }
        return room
    }

    /// Adds up, once, what each node gives to the instances that this plan makes there.
    mutating func countNew() {
        newDemand = [:]
        for instance in missing {
            guard let node = placements[instance.name]?.node else { continue }
            newDemand[node, default: (0, 0)].vcpus += Double(instance.vcpus)
            newDemand[node, default: (0, 0)].memory += Double(instance.memory.bytes)
        }
    }
}
