extension Rule {
    /// A group of which a node takes only some needs enough nodes, and nothing else that says otherwise.
    ///
    /// Too few nodes are a warning: the plan refuses the members that find none, and the others are made.
    static let perNodeIsPossible = Rule(needsEverything: true) { cluster in
        let asked = cluster.orderedInstances.filter { $0.placement.perNode != nil && $0.group != nil }
        let groups = Dictionary(grouping: asked) { $0.group ?? $0.name }
        return groups.sorted { $0.key < $1.key }.flatMap { group, members -> [Diagnostic] in
            guard let one = members.first, let most = one.placement.perNode,
                let place = one.positions["placement.perNode"]
            else { return [] }
            return contradiction(one, most, members.count, at: place)
                + tooFewNodes(group, members, most, in: cluster, at: place) + crowdedPins(members, most)
        }
    }

    private static func contradiction(_ one: Instance, _ most: Int, _ count: Int, at place: Position) -> [Diagnostic] {
        if one.placement.spread == .node {
            return [
                Diagnostic(
                    at: place, "members that are spread over nodes never share one",
                    remedy: "remove spread: or perNode:",
                    related: one.positions["placement.spread"].map { .init("the spread", at: $0) })
            ]
        }
        guard one.placement.together == .node, count > most else { return [] }
        return [
            Diagnostic(
                at: place, "\(count) members that are together on one node are more than \(most)",
                remedy: "remove together: or perNode:",
                related: one.positions["placement.together"].map { .init("together", at: $0) })
        ]
    }

    private static func tooFewNodes(
        _ group: Name, _ members: [Instance], _ most: Int, in cluster: Cluster, at place: Position
    ) -> [Diagnostic] {
        let asked = members.first?.placement.where ?? [:]
        let nodes = cluster.nodes.values.filter { node in
            node.state != .lost && asked.allSatisfy { node.labels[$0.key] == $0.value }
        }
        guard !nodes.isEmpty, members.count > nodes.count * most else { return [] }
        let count = nodes.count == 1 ? "1 node" : "\(nodes.count) nodes"
        return [
            Diagnostic(
                .warning, at: place,
                "the group \"\(group)\" has \(members.count) members, too many for \(count) with \(most) on each",
                remedy: "lower count:, add nodes, or raise perNode:")
        ]
    }

    private static func crowdedPins(_ members: [Instance], _ most: Int) -> [Diagnostic] {
        var pinned: [Name: Int] = [:]
        return members.compactMap { member in
            guard let pin = member.node, let place = member.positions["node"] else { return nil }
            pinned[pin, default: 0] += 1
            guard pinned[pin] == most + 1 else { return nil }
            return Diagnostic(
                at: place, "more than \(most) members of the group are pinned to one node, \"\(pin)\"",
                remedy: "remove a pin, or raise perNode:")
        }
    }
}
