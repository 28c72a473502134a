import Spec

extension Scheduler {
    /// The homes of all members before anything moves; a pin decides at once.
    func groupHomes() -> GroupHomes {
        var homes = GroupHomes()
        for instance in cluster.instances.values {
            let group = instance.group ?? instance.name
            guard let node = owned[instance.name]?.node ?? history.instances[instance.name]?.node else { continue }
            homes.present[group, default: [:]][instance.name] = node
            if let pin = instance.node { homes.settled[group, default: [:]][instance.name] = pin }
        }
        return homes
    }

    /// What an instance's placement asks for that its node does not give; nil where all is well.
    func brokenRule(_ instance: Instance, on name: Name, _ homes: GroupHomes) -> String? {
        guard let node = cluster.nodes[name], node.state == .active || node.state == .cordoned else { return nil }
        if let reason = missingLabel(node, for: instance) { return reason }
        let others = (homes.settled[instance.group ?? instance.name] ?? [:]).filter { $0.key != instance.name }
        return togetherObstacle(node, for: instance)
            ?? spreadObstacle(node, for: instance, occupied: OccupiedNodes(others))
    }

    /// Does with an instance on a node in maintenance what the spec says.
    mutating func empty(_ instance: Instance, _ owned: OwnedDomain, _ homes: inout GroupHomes) {
        let object = ObjectReference(.instance, instance.name.text, on: owned.node)
        switch instance.onMaintenance {
        case .stay:
            assignments.findings.note(
                about: [object], "\(object) stays on a node in maintenance, since the spec says onMaintenance: stay")
        case .stop:
            assignments.stopReasons[instance.name] = "\(owned.node) is in maintenance"
        case .migrate:
            if instance.node == owned.node {
                assignments.findings.changes.append(
                    Change(
                        .migrate, object, reason: "\(owned.node) is in maintenance",
                        blocked: "it is pinned to \(owned.node): remove `node:`, or set onMaintenance to stop or stay",
                        position: instance.positions["node"] ?? instance.position))
            } else {
                leave(instance, owned, because: "\(owned.node) is in maintenance", homes)
                // The first node it left is where it comes from, however often it moves on.
                let first = owned.mark.evacuatedFrom ?? owned.node
                assignments.moves[instance.name]?.evacuatedFrom = first
            }
        }
    }

    /// Where the other members of an instance's group are or will be.
    func occupied(by instance: Instance, _ homes: GroupHomes) -> OccupiedNodes {
        let group = instance.group ?? instance.name
        let present = (homes.present[group] ?? [:]).merging(homes.settled[group] ?? [:]) { _, new in new }
        return OccupiedNodes(present.filter { $0.key != instance.name })
    }

    /// Which rule of its placement keeps an instance from a node; nil where it may be there.
    func leavingObstacle(to node: Node, for instance: Instance, occupied: OccupiedNodes) -> String? {
        missingLabel(node, for: instance) ?? spreadObstacle(node, for: instance, occupied: occupied)
            ?? togetherObstacle(node, for: instance)
    }

    /// Moves an instance to the best node that can take it, or says of each why it cannot.
    mutating func leave(_ instance: Instance, _ owned: OwnedDomain, because reason: String, _ homes: GroupHomes) {
        let occupied = occupied(by: instance, homes)
        var refused: [(node: Name, why: String)] = []
        var candidates: [(node: Name, score: Double)] = []
        let affinity = affinity(of: instance, among: existing.filter { awaitingMigration[$0.name] == nil }) {
            room(of: $0.name)
        }
        for node in cluster.nodes.values where node.name != owned.node {
            if let why = leavingObstacle(to: node, for: instance, occupied: occupied)
                ?? affinity?.obstacle(on: node, room(of: node.name))
            {
                refused.append((node.name, why))
                continue
            }
            // A move that an earlier run began goes on to where it was going.
            let isBegun =
                unfinishedMigrations[instance.name].map { !$0.isComplete && $0.move.to == node.name } ?? false
            let score =
                isBegun
                ? .infinity
                : room(of: node.name).score(vcpus: Double(instance.vcpus), memory: Double(instance.memory.bytes))
            candidates.append((node.name, score))
        }
        // The best first: to look at what stands in the way of a move costs more than all else here.
        candidates.sort { $0.score == $1.score ? $0.node < $1.node : $0.score > $1.score }
        var best: Name?
        for (node, _) in candidates {
            switch obstacle(to: node, for: instance, owned) {
            case .waits(let why), .refusal(let why, _): refused.append((node, why))
            case nil: best = node
            }
            if best != nil { break }
        }
        guard let best else {
            let reasons = refused.sorted { $0.node < $1.node }.prefix(12).map { Obstacle.words($0.node, $0.why) }
            assignments.findings.changes.append(
                Change(
                    .migrate, ObjectReference(.instance, instance.name.text, on: owned.node), reason: reason,
                    blocked: "it cannot be placed: "
                        + (reasons.isEmpty ? "there is no other node" : reasons.joined(separator: "; ")),
                    position: instance.position))
            return
        }
        assignments.moveReasons[instance.name] = reason
        guard owned.mark.instance == instance.name else { return }
        choose(best, for: instance, owned)
    }
}
