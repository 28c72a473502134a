import Spec

extension Scheduler {
    /// Finds out where each group gathers whose members are to be together.
    ///
    /// A pin says so; otherwise it is where most members are that may stay, so that few have to move.
    mutating func findAffinityAnchors() {
        var groups: [Name: [Instance]] = [:]
        for instance in cluster.instances.values where instance.placement.together != nil {
            groups[instance.group ?? instance.name, default: []].append(instance)
        }
        for (group, members) in groups {
            let ordered = members.sorted(by: Instance.inOrder)
            assignments.affinityAnchors[group] = ordered.lazy.compactMap(\.node).first ?? mostCommonHome(of: ordered)
        }
    }

    /// Notes where the first member of a group went that had no place to be together.
    mutating func gather(_ instance: Instance, on node: Name) {
        let group = instance.group ?? instance.name
        guard instance.placement.together != nil, affinityAnchors[group] == nil else { return }
        assignments.affinityAnchors[group] = node
    }

    /// Why an instance cannot be on a node since the others of its group are elsewhere; nil where it can.
    func togetherObstacle(_ node: Node, for instance: Instance) -> String? {
        guard let together = instance.placement.together else { return nil }
        let group = instance.group ?? instance.name
        let place = affinityAnchors[group]
        switch together {
        case .node:
            guard let place, place != node.name else { return nil }
            return "the members of \(group) must run together on \(place)"
        case .label(let label):
            guard let value = node.labels[label] else { return "it has no label \(label) (together: \(label))" }
            guard let place, let wanted = cluster.nodes[place]?.labels[label], wanted != value else { return nil }
            return "the members of \(group) must run together in \(label) \(wanted)"
        }
    }

    /// The members of groups that are to be together, in order.
    static func affinityGroups(_ members: some Sequence<Instance>) -> [Name: [Instance]] {
        let groups = Set(members.lazy.filter { $0.placement.together != nil }.map { $0.group ?? $0.name })
        guard !groups.isEmpty else { return [:] }
        return Dictionary(grouping: members.lazy.filter { groups.contains($0.group ?? $0.name) }) {
            $0.group ?? $0.name
        }
    }

    /// All members that have yet to find a place together, where an instance is the first of them.
    func affinity(
        of instance: Instance, among members: [Name: [Instance]], _ capacities: (Node) -> NodeCapacity
    ) -> AffinityGroup? {
        let group = instance.group ?? instance.name
        guard let together = instance.placement.together, affinityAnchors[group] == nil,
            let others = members[group], others.count > 1
        else { return nil }
        var common: (label: String, byValue: [String: NodeCapacity])?
        if case .label(let label) = together {
            var byValue: [String: NodeCapacity] = [:]
            for node in cluster.nodes.values where node.state == .active && answered[node.name] != nil {
                guard let value = node.labels[label] else { continue }
                let capacity = capacities(node)
                byValue[value] = byValue[value]?.joined(capacity) ?? capacity
            }
            common = (label, byValue)
        }
        return AffinityGroup(
            count: others.count, vcpus: others.reduce(0) { $0 + Double($1.vcpus) },
            memory: others.reduce(0) { $0 + Double($1.memory.bytes) }, capacities: common)
    }

    private func mostCommonHome(of members: [Instance]) -> Name? {
        var homes: [String: [Name]] = [:]
        for member in members {
            guard let home = decidedHome(of: member), let node = cluster.nodes[home] else { continue }
            switch member.placement.together {
            case .label(let label)?:
                if let value = node.labels[label] { homes[value, default: []].append(home) }
            default: homes[home.text, default: []].append(home)
            }
        }
        let best = homes.min { left, right in
            (right.value.count, left.key) < (left.value.count, right.key)
        }
        return best?.value.min()
    }

    /// Where a member is and may stay, or goes back to; nil where it is nowhere or has to leave.
    private func decidedHome(of member: Instance) -> Name? {
        guard let owned = owned[member.name] else {
            guard let entry = history.instances[member.name], unreachable.contains(entry.node) else { return nil }
            return entry.node
        }
        guard removals[member.name] == nil else { return nil }
        guard awaitingMigration[member.name] == nil, let node = cluster.nodes[owned.node] else { return owned.node }
        if node.state == .maintenance { return member.onMaintenance == .migrate ? nil : owned.node }
        if let home = owned.mark.evacuatedFrom, let back = cluster.nodes[home], back.state == .active, back.bringsBack {
            return home
        }
        return missingLabel(node, for: member) == nil ? owned.node : nil
    }
}
