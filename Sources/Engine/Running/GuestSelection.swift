import Fleet
package import Spec

/// Which instances of a spec somebody means: by their names or groups, by their labels, or by both.
package struct GuestSelection: Sendable, Equatable {
    /// Instances and groups; all where there are none.
    package var names: [String]
    package var labels: [String: String]

    package init(names: [String], labels: [String: String]) {
        self.names = names
        self.labels = labels
    }

    /// The instances, sorted by name.
    ///
    /// - Throws: where a name is none of the spec, or nothing is left.
    package func instances(of cluster: Cluster) throws(RunFailure) -> [Instance] {
        var chosen: [Instance] = []
        for name in names {
            let found = cluster.instances.values.filter { $0.name.text == name || $0.group?.text == name }
            if found.isEmpty {
                let known = Set(cluster.instances.values.flatMap { [$0.name.text, $0.group?.text].compactMap(\.self) })
                throw RunFailure(
                    "there is no instance or group \(PlainText.line(name))",
                    remedy: Suggestions(known, noun: "instance").remedy(for: name))
            }
            chosen += found.filter { instance in !chosen.contains { $0.name == instance.name } }
        }
        if names.isEmpty { chosen = Array(cluster.instances.values) }
        chosen = chosen.filter { instance in labels.allSatisfy { instance.labels[$0.key] == $0.value } }
        guard !chosen.isEmpty else {
            let words = labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ")
            throw RunFailure("no instance has the labels \(words)", remedy: "kvmctl get instances -o wide shows them")
        }
        return chosen.sorted { $0.name < $1.name }
    }
}
