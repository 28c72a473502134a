import Spec

extension Draft {
    /// Decides which instances move, where to and how, or why they cannot now.
    mutating func chooseMoves() {
        var groups = groupHomes()
        for (index, instance) in existing.enumerated() where frozen[instance.name] == nil {
            guard let owned = owned[instance.name], owned.mark.phase == .active else { continue }
            if let target = instance.node {
                if target != owned.node {
                    consider(target, for: instance, owned, because: "the spec pins it to \(target)")
                } else if cluster.nodes[target]?.state == .maintenance {
                    empty(index, owned, &groups)
                }
            } else if cluster.nodes[owned.node]?.state == .maintenance {
                empty(index, owned, &groups)
            } else if let home = owned.mark.evacuatedFrom, home != owned.node, let node = cluster.nodes[home],
                node.state == .active, node.bringsBack
            {
                consider(home, for: instance, owned, because: "maintenance had moved it away from \(home)")
                moves[instance.name]?.evacuatedFrom = nil
            } else if let rule = brokenRule(instance, on: owned.node, groups) {
                leave(instance, owned, because: rule, groups)
            }
            groups.note(instance, moves[instance.name]?.to ?? owned.node)
        }
    }

    private mutating func consider(
        _ target: Name, for instance: Instance, _ owned: OwnedDomain, because reason: String
    ) {
        moveReasons[instance.name] = reason
        guard owned.mark.instance == instance.name else {
            changes.append(
                Change(
                    .migrate, ObjectReference(.instance, instance.name.text, on: owned.node), reason: reason,
                    fields: [nodeField(instance, owned, to: target)],
                    blocked: "it gets its new name first; apply again when it has", position: instance.position))
            return
        }
        choose(target, for: instance, owned)
    }

    /// Instances that this plan moves.
    var arriving: [Instance] { existing.filter { moves[$0.name] != nil } }

    /// Whether an instance moves in this plan, or ends a move.
    func isOnItsWay(_ instance: Name) -> Bool { moves[instance] != nil || arrivals[instance] != nil }

    mutating func choose(_ target: Name, for instance: Instance, _ owned: OwnedDomain) {
        switch obstacle(to: target, for: instance, owned) {
        case nil:
            let move = travelling(
                owned, from: owned.node, to: target, isLive: willRun(instance, owned))
            moves[instance.name] = move
            moves[instance.name]?.evacuatedFrom = instance.node == nil ? owned.mark.evacuatedFrom : nil
            let before = incoming[target] ?? (0, 0)
            incoming[target] = (
                before.vcpus + Double(instance.vcpus), before.memory + Double(instance.memory.bytes)
            )
        case .silence(let why):
            changes.append(
                Change(
                    .migrate, ObjectReference(.instance, instance.name.text, on: owned.node),
                    reason: moveReasons[instance.name] ?? "", fields: [nodeField(instance, owned, to: target)],
                    blocked: why, position: instance.positions["node"] ?? instance.position))
        case .refusal(let why, let remedy):
            refusals.append(
                Plan.Refusal(
                    ObjectReference(.instance, instance.name.text, on: owned.node),
                    reason: "it cannot move to \(target): \(why)", remedy: remedy,
                    position: instance.positions["node"] ?? instance.position))
        }
    }

    func nodeField(_ instance: Instance, _ owned: OwnedDomain, to target: Name) -> FieldChange {
        FieldChange(
            path: "node", old: owned.node.text, new: target.text, effect: .migrate,
            origin: owned.mark.applied["node"] == target.text ? .drift : .edit, position: instance.positions["node"])
    }

    /// Whether the instance runs when its move begins: what this plan does to it comes first.
    private func willRun(_ instance: Instance, _ owned: OwnedDomain) -> Bool {
        switch instance.power {
        case .on: owned.domain.power == .running || owned.domain.power == .paused
        case .keep: owned.domain.power == .running
        case .off: false
        }
    }

    /// Whether it is started, if at all, only when its move has ended: where it goes, or where its copy still is.
    func startsElsewhere(_ instance: Instance, _ owned: OwnedDomain) -> Bool {
        let waits = arrivals[instance.name].map { $0.isComplete && $0.isTwice } ?? false
        guard moves[instance.name] != nil || waits else { return false }
        if waits { return owned.domain.power != .running }
        return owned.domain.power == .shutOff || owned.domain.power == .crashed
    }

    /// Why an instance cannot move.
    enum MoveObstacle {
        /// A node does not answer: unknown, and nobody's mistake.
        case silence(String)
        case refusal(String, remedy: String)
    }

    func obstacle(to target: Name, for instance: Instance, _ owned: OwnedDomain) -> MoveObstacle? {
        guard let node = cluster.nodes[target] else {
            return .refusal("there is no node \(target) in the spec", remedy: "name a node of the spec")
        }
        switch node.state {
        case .active: break
        case .cordoned, .maintenance, .offline, .lost:
            return .refusal(
                "the state of \(target) is \(node.state.rawValue)",
                remedy: "set it to active, or pin the instance to another node")
        }
        guard let observed = answered[target] else { return .silence("\(target) does not answer") }
        if let arrival = arrivals[instance.name], !(arrival.isComplete), arrival.otherEnd == .silent {
            let other = arrival.move.otherEnd(than: owned.node)
            return .silence("an earlier move to \(other) is unfinished, and \(other) does not answer")
        }
        if let arrival = arrivals[instance.name], arrival.isComplete, arrival.otherEnd == .silent {
            let other = arrival.move.otherEnd(than: owned.node)
            return .silence("it still has files on \(other), which does not answer")
        }
        if owned.domain.power == .other || instance.power == .keep && owned.domain.power == .paused {
            return .refusal("it is \(owned.domain.power.rawValue)", remedy: "resume it or shut it off first")
        }
        if !owned.domain.snapshots.isEmpty {
            return .refusal(
                "it has snapshots (\(owned.domain.snapshots.map(\.name).joined(separator: ", "))), which cannot travel",
                remedy: owned.domain.snapshots.map { "kvmctl snapshot delete \(instance.name) \($0.name)" }
                    .joined(separator: "; "))
        }
        if owned.mark.isAdopted {
            return .refusal(
                "it was adopted, and its files are not kvmctl's own", remedy: "move it by hand (virsh migrate)")
        }
        return diskObstacle(to: target, owned) ?? nicObstacle(to: observed, for: instance, owned)
            ?? imageObstacle(to: target, observed, owned) ?? fileObstacle(to: target, observed, instance, owned)
            ?? roomObstacle(to: target, for: instance, owned)
    }

    private func diskObstacle(to target: Name, _ owned: OwnedDomain) -> MoveObstacle? {
        let volumes = answered[owned.node]?.volumes ?? [:]
        let names = Set(owned.domain.disks.compactMap(\.name))
        if let stranger = owned.domain.disks.first(where: { $0.name == nil }) {
            return .refusal(
                "it has the disk \(stranger.path), which kvmctl did not give it",
                remedy: "detach it first (virsh detach-disk)")
        }
        if names.count < owned.domain.disks.count {
            return .refusal("two of its disks have one name", remedy: "detach one of them first (virsh detach-disk)")
        }
        for disk in owned.domain.disks where !isShared(disk.path, between: owned.node, and: target) {
            guard let volume = volumes[disk.path] else {
                return .refusal("\(disk.path) is gone", remedy: "restore the file, or delete and create the instance")
            }
            if disk.name != "root", volume.backingPath != nil {
                return .refusal(
                    "its disk \(disk.path) stands on \(volume.backingPath ?? "another file"), as after a snapshot",
                    remedy: "remove its snapshots first")
            }
            if let backing = volume.backingPath, !Draft.isBaseImagePath(backing) {
                return .refusal(
                    "its disk \(disk.path) stands on \(backing), which is no base image of kvmctl's",
                    remedy: "remove its snapshots first")
            }
        }
        return nil
    }

    private func nicObstacle(
        to target: ObservedNode, for instance: Instance, _ owned: OwnedDomain
    ) -> MoveObstacle? {
        if let why = networkObstacle(target, for: instance) {
            return .refusal(why, remedy: "make the network there, or pin the instance to another node")
        }
        let wanted = instance.nics.compactMap { nic in
            cluster.networks[nic.network].map { attachment(of: $0, on: owned.node) }
        }
        for nic in owned.domain.nics where !wanted.contains(nic.attachment) {
            return .refusal(
                "its NIC \(nic.mac) is in something that the spec does not give it",
                remedy: "apply the other changes first, or detach it (virsh detach-interface)")
        }
        for nic in instance.nics {
            guard let network = cluster.networks[nic.network] else { continue }
            guard attachment(of: network, on: owned.node) == attachment(of: network, on: target.name) else {
                return .refusal(
                    "the network \(network.name) has another name in libvirt on \(target.name)",
                    remedy: "pin the instance to another node")
            }
        }
        return nil
    }

    /// The base image must be there, or be one that can be fetched.
    private func imageObstacle(to target: Name, _ observed: ObservedNode, _ owned: OwnedDomain) -> MoveObstacle? {
        for path in backingPaths(of: owned, movingTo: target) where observed.volumes[path] == nil {
            let file = path.split(separator: "/").last.map(String.init) ?? path
            guard image(ofFile: file) != nil else {
                return .refusal(
                    "its base image \(path) is not on \(target), and no image in the spec is the same",
                    remedy: "put the image that it was made from back into the spec, or copy the file there")
            }
        }
        return nil
    }

    /// The image in the spec that is kept under a file name.
    func image(ofFile file: String) -> Name? {
        inputs.images.filter { $0.value.fileName == file }.keys.min()
    }

    /// The base images that the disks which travel stand on.
    func backingPaths(of owned: OwnedDomain, movingTo target: Name) -> [String] {
        owned.domain.disks.filter { !isShared($0.path, between: owned.node, and: target) }
            .compactMap { answered[owned.node]?.volumes[$0.path]?.backingPath }
    }

    private func fileObstacle(
        to target: Name, _ observed: ObservedNode, _ instance: Instance, _ owned: OwnedDomain
    ) -> MoveObstacle? {
        let isContinued = owned.mark.move?.to == target && owned.mark.move?.from == owned.node
        let folders = Set(cluster.pools.keys.compactMap { pool($0, on: target)?.path })
        for disk in owned.domain.disks where !isShared(disk.path, between: owned.node, and: target) {
            let folder = "/" + disk.path.split(separator: "/").dropLast().joined(separator: "/")
            guard folders.contains(folder) else {
                return .refusal(
                    "\(disk.path) is in no pool of \(target): its files keep their paths",
                    remedy: "give the pool the same path on both nodes")
            }
            if observed.volumes[disk.path] != nil, !isContinued {
                return .refusal(
                    "\(disk.path) is on \(target) already, and nothing says that it is this instance's",
                    remedy: "rename or remove it there")
            }
            if let other = observed.domains.first(where: { other in
                other.uuid != owned.domain.uuid && other.disks.contains { $0.path == disk.path }
            }) {
                return .refusal("domain \(other.name) on \(target) has \(disk.path)", remedy: "give one another name")
            }
        }
        if let other = observed.domains.first(where: {
            $0.name == owned.domain.name && $0.uuid != owned.domain.uuid
        }) {
            return .refusal(
                "a domain named \(other.name) is on \(target) and is left alone", remedy: "rename that domain")
        }
        return nil
    }

    private func roomObstacle(to target: Name, for instance: Instance, _ owned: OwnedDomain) -> MoveObstacle? {
        var room = room(of: target)
        if arrivals[instance.name]?.isTwice == true {
            room.promise(vcpus: -Double(owned.domain.vcpus), memory: -Double(owned.domain.memory.bytes))
        }
        let (vcpus, memory) = (Double(instance.vcpus), Double(instance.memory.bytes))
        guard room.fits(vcpus: vcpus, memory: memory) else {
            return .refusal(
                shortage(room, vcpus: vcpus, memory: memory), remedy: "make room there, or pin it to another node")
        }
        return nil
    }
}
