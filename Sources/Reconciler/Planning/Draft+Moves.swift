import Spec

extension Draft {
    /// Decides which instances move, where to and how, or why they cannot now.
    mutating func chooseMoves() {
        var groups = groupHomes()
        findGatherings()
        for (index, instance) in existing.enumerated() where frozen[instance.name] == nil {
            guard let owned = owned[instance.name], owned.mark.phase == .active else { continue }
            guard !staying.contains(instance.name) else {
                groups.note(instance, owned.node)
                gather(instance, on: owned.node)
                continue
            }
            explain(instance, owned, groups)
            if let target = instance.node {
                if target != owned.node {
                    consider(target, for: instance, owned, because: "the spec pins it to \(target)")
                } else if cluster.nodes[target]?.state == .maintenance {
                    empty(index, owned, &groups)
                }
            } else if cluster.nodes[owned.node]?.state == .maintenance {
                empty(index, owned, &groups)
            } else if let home = owned.mark.evacuatedFrom, home != owned.node, let node = cluster.nodes[home],
                node.state == .active, node.bringsBack, brokenRule(instance, on: home, groups) == nil
            {
                consider(home, for: instance, owned, because: "maintenance had moved it away from \(home)")
                moves[instance.name]?.evacuatedFrom = nil
            } else if let rule = brokenRule(instance, on: owned.node, groups) {
                leave(instance, owned, because: rule, groups)
            }
            groups.note(instance, moves[instance.name]?.to ?? owned.node)
            gather(instance, on: moves[instance.name]?.to ?? owned.node)
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
            var way = DomainMark.Move(from: owned.node, to: target)
            if case .found(let folders) = folders(for: instance, owned, to: target) { way.folders = folders }
            let move = travelling(owned, way, isLive: willRun(instance, owned))
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
            let reason = "it cannot move to \(target): \(why)"
            moveRefusals[instance.name] = reason
            refusals.append(
                Plan.Refusal(
                    ObjectReference(.instance, instance.name.text, on: owned.node), reason: reason, remedy: remedy,
                    position: instance.positions["node"] ?? instance.position))
        }
    }

    func nodeField(_ instance: Instance, _ owned: OwnedDomain, to target: Name) -> FieldChange {
        FieldChange(
            path: "node", old: owned.node.text, new: target.text, effect: .migrate,
            origin: owned.mark.applied["node"] == target.text ? .drift : .edit, position: instance.positions["node"])
    }

    /// Whether the instance runs when its move begins: what this plan does to it comes first.
    func willRun(_ instance: Instance, _ owned: OwnedDomain) -> Bool {
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
}
