import Spec

extension Scheduler {
    /// The homes of all members before anything moves; a pin decides at once.
    func groupHomes() -> GroupHomes {
        var homes = GroupHomes()
        for instance in cluster.instances.values {
            let group = instance.group ?? instance.name
            guard let node = owned[instance.name]?.node ?? history.instances[instance.name]?.node else { continue }
            homes.present[group, default: [:]][instance.name] = node
            if let pin = instance.node { homes.decided[group, default: [:]][instance.name] = pin }
        }
        return homes
    }

    /// What an instance's placement asks for that its node does not give; nil where all is well.
    func brokenRule(_ instance: Instance, on name: Name, _ homes: GroupHomes) -> String? {
        guard let node = cluster.nodes[name], node.state == .active || node.state == .cordoned else { return nil }
        if let reason = missingLabel(node, for: instance) { return reason }
        if let reason = togetherObstacle(node, for: instance) { return reason }
        guard instance.placement.keepsApart else { return nil }
        let others = (homes.decided[instance.group ?? instance.name] ?? [:]).filter { $0.key != instance.name }
        return spreadObstacle(node, for: instance, occupied: OccupiedNodes(others))
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
        // Only who is to be apart looks at them.
        guard instance.placement.keepsApart else { return OccupiedNodes() }
        let group = instance.group ?? instance.name
        let present = (homes.present[group] ?? [:]).merging(homes.decided[group] ?? [:]) { _, new in new }
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
        switch destination(of: instance, owned, occupied) {
        case .found(let node):
            assignments.moveReasons[instance.name] = reason
            guard owned.mark.instance == instance.name else { return }
            choose(node, for: instance, owned)
        case .none(let refused):
            let reasons = refused.map { Obstacle.words($0.node, $0.why) }
            assignments.findings.changes.append(
                Change(
                    .migrate, ObjectReference(.instance, instance.name.text, on: owned.node), reason: reason,
                    blocked: "it cannot be placed: "
                        + (reasons.isEmpty ? "there is no other node" : reasons.joined(separator: "; ")),
                    position: instance.position))
        }
    }
}
