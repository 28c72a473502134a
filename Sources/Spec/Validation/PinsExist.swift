extension Rule {
    /// An instance can only be pinned to a node that there is, and that it may run on.
    static let pinsExist = Rule(needsEverything: true) { cluster in
        let nodes = Suggestions(cluster.nodes.keys.map(\.text), noun: "node")
        return cluster.orderedInstances.compactMap { instance in
            guard let pin = instance.node, let place = instance.positions["node"] else { return nil }
            guard let node = cluster.nodes[pin] else {
                return Diagnostic(
                    at: place, "there is no node \"\(pin)\"",
                    remedy: nodes.remedy(for: pin.text))
            }
            if let (label, value) = instance.placement.where.sorted(by: { $0.key < $1.key }).first(where: {
                node.labels[$0.key] != $0.value
            }) {
                let has = node.labels[label].map { "\(label): \($0)" } ?? "no such label"
                return Diagnostic(
                    at: place,
                    "the instance is pinned to \"\(pin)\" and needs a node with \(label): \(value); that one has \(has)",
                    related: instance.positions["placement.where.\(label)"].map { .init("the label", at: $0) })
            }
            switch node.state {
            case .lost:
                return Diagnostic(
                    .warning, at: place, "the instance is pinned to \"\(pin)\", which is lost",
                    remedy: "remove the pin, or pin it to another node",
                    related: node.positions["state"].map { .init("the node's state", at: $0) })
            case .maintenance:
                return Diagnostic(
                    .warning, at: place,
                    "the instance is pinned to \"\(pin)\", which is in maintenance: it cannot migrate away",
                    related: node.positions["state"].map { .init("the node's state", at: $0) })
            case .active, .cordoned, .offline:
                return nil
            }
        }
    }
}
