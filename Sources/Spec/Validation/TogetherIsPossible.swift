extension Rule {
    /// Members cannot be together in what they are spread over, nor be pinned apart.
    static let togetherIsPossible = Rule(needsEverything: true) { cluster in
        let asked = cluster.orderedInstances.filter { $0.placement.together != nil }
        let groups = Dictionary(grouping: asked.filter { $0.group != nil }) { $0.group ?? $0.name }
        return asked.flatMap(contradiction) + groups.sorted { $0.key < $1.key }.flatMap { pinsApart($1, in: cluster) }
    }

    private static func contradiction(_ instance: Instance) -> [Diagnostic] {
        guard let together = instance.placement.together, let spread = instance.placement.spread,
            together == spread || together == .node, let place = instance.positions["placement.together"]
        else { return [] }
        let what =
            switch spread {
            case .node: "nodes"
            case .label(let label): "the label \(label)"
            }
        let common = if case .label(let label) = together { "by the label \(label)" } else { "on one node" }
        return [
            Diagnostic(
                at: place, "members that are spread over \(what) cannot be together \(common)",
                remedy: "remove spread: or together:",
                related: instance.positions["placement.spread"].map { .init("the spread", at: $0) })
        ]
    }

    private static func pinsApart(_ members: [Instance], in cluster: Cluster) -> [Diagnostic] {
        let pinned = members.filter { $0.node != nil }
        guard let first = pinned.first, let firstPin = first.node else { return [] }
        return pinned.dropFirst().compactMap { member in
            guard let pin = member.node, pin != firstPin, let place = member.positions["node"] else { return nil }
            if case .label(let label)? = member.placement.together,
                cluster.nodes[pin]?.labels[label] == cluster.nodes[firstPin]?.labels[label]
            {
                return nil
            }
            return Diagnostic(
                at: place,
                "\"\(first.name)\" and \"\(member.name)\" must be together, but are pinned to \"\(firstPin)\" and \"\(pin)\"",
                remedy: "remove one of the pins, or together:")
        }
    }
}
