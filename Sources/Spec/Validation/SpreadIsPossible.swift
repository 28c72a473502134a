extension Rule {
    /// A group spread over nodes needs a node for each of its members.
    ///
    /// A warning: the plan refuses the members that find none, and the others are made.
    static let spreadIsPossible = Rule(needsEverything: true) { cluster in
        let groups = Dictionary(
            grouping: cluster.orderedInstances.filter { $0.placement.spread == .node && $0.group != nil }
        ) { $0.group ?? $0.name }
        return groups.flatMap { group, members -> [Diagnostic] in
            guard let one = members.first, let place = one.positions["placement.spread"] else { return [] }
            let nodes = cluster.nodes.values.filter { node in
                node.state != .lost && one.placement.where.allSatisfy { node.labels[$0.key] == $0.value }
            }
            var found: [Diagnostic] = []
            if members.count > nodes.count, !nodes.isEmpty {
                found.append(
                    Diagnostic(
                        .warning, at: place,
                        "the group \"\(group)\" has \(members.count) members to spread over \(nodes.count) nodes",
                        remedy: "lower count:, add nodes, or remove spread:"))
            }
            return found + doublePins(members)
        }
    }

    private static func doublePins(_ members: [Instance]) -> [Diagnostic] {
        var first: [Name: Instance] = [:]
        return members.compactMap { member in
            guard let pin = member.node, let place = member.positions["node"] else { return nil }
            guard let other = first[pin] else {
                first[pin] = member
                return nil
            }
            return Diagnostic(
                at: place,
                "\"\(other.name)\" and \"\(member.name)\" are pinned to one node, \"\(pin)\", and spread over nodes",
                remedy: "remove the pin or the spread")
        }
    }
}
