import Spec

extension Scheduler {
    /// Decides which instances move, where to and how, or why they cannot now.
    mutating func chooseMoves() {
        var groups = groupHomes()
        findAffinityAnchors()
        for instance in existing where awaitingMigration[instance.name] == nil {
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
                    empty(instance, owned, &groups)
                }
            } else if cluster.nodes[owned.node]?.state == .maintenance {
                empty(instance, owned, &groups)
            } else if let home = owned.mark.evacuatedFrom, home != owned.node, let node = cluster.nodes[home],
                node.state == .active, node.bringsBack, brokenRule(instance, on: home, groups) == nil
            {
                consider(home, for: instance, owned, because: "it returns to \(home) after maintenance")
                assignments.moves[instance.name]?.evacuatedFrom = nil
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
        assignments.moveReasons[instance.name] = reason
        guard owned.mark.instance == instance.name else {
            assignments.findings.changes.append(
                Change(
                    .migrate, ObjectReference(.instance, instance.name.text, on: owned.node), reason: reason,
                    fields: [nodeField(instance, owned, to: target)],
                    blocked: "it is renamed first; then apply again", position: instance.position))
            return
        }
        choose(target, for: instance, owned)
    }

    mutating func choose(_ target: Name, for instance: Instance, _ owned: OwnedDomain) {
        switch obstacle(to: target, for: instance, owned) {
        case nil:
            var direction = direction(of: owned, to: target)
            if case .found(let folders) = folders(for: instance, owned, to: target) { direction.folders = folders }
            let move = plannedMove(owned, direction, isLive: willRun(instance, owned))
            assignments.promise(demands(of: owned, on: direction), on: target)
            assignments.moves[instance.name] = move
            assignments.moves[instance.name]?.evacuatedFrom = instance.node == nil ? owned.mark.evacuatedFrom : nil
            let before = assignments.incoming[target] ?? (0, 0)
            assignments.incoming[target] = (
                before.vcpus + Double(instance.vcpus), before.memory + Double(instance.memory.bytes)
            )
        case .waits(let why):
            assignments.findings.changes.append(
                Change(
                    .migrate, ObjectReference(.instance, instance.name.text, on: owned.node),
                    reason: moveReasons[instance.name] ?? "", fields: [nodeField(instance, owned, to: target)],
                    blocked: why, position: instance.positions["node"] ?? instance.position))
        case .refusal(let why, let remedy):
            let reason = "it cannot be migrated to \(target): \(why)"
            assignments.moveRefusals[instance.name] = reason
            assignments.findings.refusals.append(
                Plan.Refusal(
                    ObjectReference(.instance, instance.name.text, on: owned.node), reason: reason, remedy: remedy,
                    position: instance.positions["node"] ?? instance.position))
        }
    }
}
