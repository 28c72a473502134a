extension Rule {
    /// Placement by a label that no node has would place nothing.
    static let labelsExist = Rule(needsEverything: true) { cluster in
        let known = Set(cluster.nodes.values.flatMap(\.labels.keys))
        var values: [String: Set<String>] = [:]
        for (label, value) in cluster.nodes.values.flatMap(\.labels) { values[label, default: []].insert(value) }
        let labels = Suggestions(known, noun: "label")
        let suggestions = values.mapValues { Suggestions($0, noun: "label") }
        return cluster.orderedInstances.flatMap { instance -> [Diagnostic] in
            var found: [Diagnostic] = []
            if case .label(let label)? = instance.placement.spread, !known.contains(label),
                let place = instance.positions["placement.spread"]
            {
                let near = NearMiss.of(label, in: known.union(["node"])).map { "did you mean \"\($0)\"?" }
                found.append(
                    Diagnostic(
                        at: place, "no node has the label \(Found.quoted(label)) to spread over",
                        remedy: near ?? "write spread: node"))
            }
            if case .label(let label)? = instance.placement.together, !known.contains(label),
                let place = instance.positions["placement.together"]
            {
                let near = NearMiss.of(label, in: known.union(["node"])).map { "did you mean \"\($0)\"?" }
                found.append(
                    Diagnostic(
                        at: place, "no node has the label \(Found.quoted(label)) to group members by",
                        remedy: near ?? "write together: node"))
            }
            for (label, value) in instance.placement.where {
                guard let place = instance.positions["placement.where.\(label)"] else { continue }
                guard values[label]?.contains(value) != true else { continue }
                let isLabelKnown = known.contains(label)
                found.append(
                    Diagnostic(
                        at: place,
                        isLabelKnown
                            ? "no node has the label \(label): \(Found.shortened(value))"
                            : "no node has a label \(Found.quoted(label))",
                        remedy: suggestions[label]?.remedy(for: value) ?? labels.remedy(for: label)))
            }
            return found
        }
    }
}
