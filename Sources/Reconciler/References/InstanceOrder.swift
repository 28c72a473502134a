import Spec

/// The order in which instances take turns, by the references of their roles: who is waited for comes first.
///
/// An instance that waits for nobody has the rank 0, any other one a higher rank than all that it waits for. A spec
/// that was checked has no circle of them; in another one, what would close a circle orders nothing.
struct InstanceOrder: Sendable {
    /// The instances behind every name that a reference may have: those of a group, or one alone.
    private var members: [Name: [Name]] = [:]
    /// The ranks of instances and groups; empty where nobody waits for anybody.
    private var ranks: [Name: Int] = [:]
    /// The instances with roles that refer to the members of others, in order.
    private(set) var listing: [Name] = []

    init(_ cluster: Cluster) {
        guard cluster.instances.values.contains(where: { $0.roles.values.contains { !$0.references.isEmpty } }) else {
            return
        }
        for instance in cluster.instances.values.sorted(by: { ($0.member ?? 0, $0.name) < ($1.member ?? 0, $1.name) }) {
            members[instance.name] = [instance.name]
            if let group = instance.group, group != instance.name { members[group, default: []].append(instance.name) }
        }
        var waits: [Name: [Name]] = [:]
        for instance in cluster.instances.values where !instance.roles.isEmpty {
            let targets = instance.roles.values.flatMap { Self.targets(of: $0, of: instance, in: cluster) }
            if !targets.isEmpty { waits[instance.name] = Set(targets).sorted() }
        }
        listing = cluster.instances.values.filter { instance in
            instance.roles.values.contains { $0.references.contains { $0.reference.listed != nil } }
        }.map(\.name).sorted()
        guard !waits.isEmpty else { return }
        // A group stands between those who refer to it and its members, so that there are few edges.
        for (name, instances) in members where cluster.instances[name] == nil { waits[name] = instances }
        for name in waits.keys.sorted() where ranks[name] == nil { rank(name, waits, in: cluster) }
    }

    /// How many turns of others come before that of an instance.
    func rank(of instance: Name) -> Int { ranks[instance] ?? 0 }

    /// The instances of a name that a reference has: those of a group by their numbers, or one alone.
    func instances(named name: Name) -> [Name] { members[name] ?? [] }

    /// The instances that a role of one waits for.
    func awaited(by role: Role, of instance: Instance, in cluster: Cluster) -> [Name] {
        guard !ranks.isEmpty else { return [] }
        let rank = rank(of: instance.name)
        return Self.targets(of: role, of: instance, in: cluster).flatMap { members[$0] ?? [] }.uniqued()
            .filter { self.rank(of: $0) < rank }
    }

    /// Instances as they take turns, otherwise in the order in which they are given.
    func inTurn(_ instances: [Instance]) -> [Instance] {
        guard !ranks.isEmpty else { return instances }
        // Places first: an instance is a large value, and sorting moves what it sorts.
        let places = instances.indices.map { (rank: rank(of: instances[$0].name), place: $0) }
        return places.sorted { $0 < $1 }.map { instances[$0.place] }
    }

    /// The instances and groups that a role waits for.
    ///
    /// A list of the members of one's own group orders nothing: they all have it.
    private static func targets(of role: Role, of instance: Instance, in cluster: Cluster) -> [Name] {
        role.references.compactMap { placed -> Name? in
            guard placed.reference.waits, let target = placed.reference.target, target != instance.name else {
                return nil
            }
            if case .output = placed.reference { return target }
            guard let group = instance.group else { return target }
            return target == group || cluster.instances[target]?.group == group ? nil : target
        }
    }

    /// Ranks a name and all that it waits for, however long the way to them is.
    private mutating func rank(_ start: Name, _ waits: [Name: [Name]], in cluster: Cluster) {
        var open: Set<Name> = [start]
        var way = [(name: start, next: 0, rank: 0)]
        while let last = way.last {
            let targets = waits[last.name] ?? []
            // A group is no turn of its own.
            let turn = cluster.instances[last.name] == nil ? 0 : 1
            guard last.next < targets.count else {
                ranks[last.name] = last.rank
                open.remove(last.name)
                way.removeLast()
                continue
            }
            let target = targets[last.next]
            if let known = ranks[target] {
                way[way.count - 1].rank = max(last.rank, known + turn)
                way[way.count - 1].next += 1
            } else if open.insert(target).inserted {
                way.append((name: target, next: 0, rank: 0))
            } else {
                way[way.count - 1].next += 1
            }
        }
    }
}
