import YAML

extension Rule {
    /// Roles do not wait for each other in a circle, in which none of them could ever begin.
    static let referencesHaveNoCircle = Rule { cluster in
        let waits = ReferenceGraph(cluster)
        return waits.isEmpty ? [] : waits.circles().compactMap { waits.diagnostic(of: $0) }
    }
}

/// Who waits for whom, by the references of roles.
private struct ReferenceGraph {
    /// A reference that is waited for.
    struct Edge {
        let source: Name
        let target: Name
        /// The path to it in its instance.
        let path: String
        let position: Position
        let isOutput: Bool
    }

    /// By the instances that wait, in their order.
    private var edges: [Name: [Edge]] = [:]
    private var order: [Name] = []
    /// The members of each group, which stands between those who refer to it and them, so that there are few edges.
    private var members: [Name: [Name]] = [:]

    var isEmpty: Bool { edges.isEmpty }

    init(_ cluster: Cluster) {
        for instance in cluster.orderedInstances {
            if let group = instance.group, cluster.instances[group] == nil {
                members[group, default: []].append(instance.name)
            }
            let found = instance.roles.sorted { $0.key < $1.key }.flatMap { name, role in
                role.references.compactMap { Self.edge($0, role.path(named: name), instance, cluster) }
            }
            guard !found.isEmpty else { continue }
            edges[instance.name] = found
            order.append(instance.name)
        }
    }

    /// A reference that is waited for; nil where it is not, or was complained about.
    ///
    /// A list of the members of one's own group orders nothing: they all have it.
    private static func edge(
        _ placed: PlacedReference, _ path: String, _ instance: Instance, _ cluster: Cluster
    ) -> Edge? {
        guard placed.reference.waits, let target = placed.reference.target, target != instance.name else { return nil }
        let form: ReferenceForm
        switch placed.reference {
        case .members: form = .members
        case .address: form = .address
        case .output: form = .output
        }
        if form != .output, let group = instance.group,
            target == group || cluster.instances[target]?.group == group
        {
            return nil
        }
        let inner = "\(path).\(placed.key)"
        return instance.positions["\(inner).\(form.rawValue)"].map {
            Edge(source: instance.name, target: target, path: inner, position: $0, isOutput: form == .output)
        }
    }

    /// A step on a way: to a name, by a reference or from a group to one of its members.
    private struct Step {
        let name: Name
        let edge: Edge?
        var next = 0
    }

    /// The references of each circle that a walk through all of them meets, each way only once.
    func circles() -> [[Edge]] {
        var found: [[Edge]] = []
        var done: Set<Name> = []
        for start in order where !done.contains(start) {
            var way = [Step(name: start, edge: nil)]
            var places = [start: 0]
            while let last = way.last {
                guard let (target, edge) = step(last.next, from: last.name) else {
                    done.insert(last.name)
                    places[last.name] = nil
                    way.removeLast()
                    continue
                }
                way[way.count - 1].next += 1
                if let place = places[target] {
                    found.append(way[(place + 1)...].compactMap(\.edge) + [edge].compactMap { $0 })
                } else if !done.contains(target) {
                    places[target] = way.count
                    way.append(Step(name: target, edge: edge))
                }
            }
        }
        return found
    }

    /// The next one of those that a name waits for.
    private func step(_ number: Int, from name: Name) -> (target: Name, edge: Edge?)? {
        if let members = members[name] { return number < members.count ? (members[number], nil) : nil }
        guard let own = edges[name], number < own.count else { return nil }
        return (own[number].target, own[number])
    }

    /// The complaint about a circle, at its first reference, with the place of its last.
    func diagnostic(of circle: [Edge]) -> Diagnostic? {
        let start = circle.indices.min { circle[$0].position < circle[$1].position } ?? 0
        let edges = Array(circle[start...]) + Array(circle[..<start])
        guard let first = edges.first, let last = edges.last else { return nil }
        // Those of a group are called by its name where that is what the one before refers to.
        let names = ([last] + edges).map(\.target.text)
        let shown = names.count > 7 ? Array(names.prefix(5)) + ["…", last.target.text] : names
        let way =
            shown.prefix(2).joined(separator: " waits for ")
            + shown.dropFirst(2).map { ", which waits for \($0)" }.joined()
        let remedy =
            edges.allSatisfy(\.isOutput)
            ? "outputs are always waited for; write one of them itself" : "write wait: false in one of them"
        let note = "\(names[names.count - 2]) waits here"
        return Diagnostic(
            at: first.position, "\(first.path): \(way)", remedy: remedy,
            related: edges.count < 2 ? nil : .init(note, at: last.position))
    }
}
