import Spec

/// What the rosters of the nodes that answered remember of the whole fleet.
struct Memory {
    /// The newest generation seen; 0 where there is no roster.
    var generation = 0
    var nodes: [Name: Roster.Member] = [:]
    var instances: [Name: Roster.Entry] = [:]
    var keptDisks: [Roster.KeptDisk] = []
    /// Whether any node had a roster of this cluster.
    var exists = false
}

extension Draft {
    /// Takes the newest roster among the nodes that answered.
    ///
    /// Only the newest counts, since an older one still lists what has been deleted since. Nodes that wrote the same
    /// generation in runs that could not see each other are joined: a witness more costs only caution.
    mutating func recallRosters() {
        let rosters = answeredNames.compactMap { answered[$0]?.roster }.filter { $0.cluster == identity }
        memory.generation = rosters.map(\.generation).max() ?? 0
        memory.exists = !rosters.isEmpty
        var last: Roster?
        for roster in rosters where roster.generation == memory.generation && roster != last {
            last = roster
            memory.nodes.merge(roster.nodes) { first, second in first.machine == nil ? second : first }
            memory.instances.merge(roster.instances) { first, _ in first }
            memory.keptDisks += roster.keptDisks.filter { !memory.keptDisks.contains($0) }
        }
        memory.keptDisks.sort { ($0.path, $0.node) < ($1.path, $1.node) }
        forgetLostNodes()
    }

    private mutating func forgetLostNodes() {
        let lost = Set(cluster.nodes.values.filter { $0.state == .lost }.map(\.name))
        guard !lost.isEmpty else { return }
        for (name, entry) in memory.instances.sorted(by: { $0.key < $1.key }) where lost.contains(entry.node) {
            memory.instances[name] = nil
            let paths = entry.volumes.values.sorted().joined(separator: ", ")
            notices.append("\(entry.node) is lost, and with it what \(name)'s disks held (\(paths))")
        }
        for disk in memory.keptDisks where lost.contains(disk.node) {
            notices.append(
                "\(disk.node) is lost, and with it the kept disk \(disk.disk) of \(disk.instance) (\(disk.path))")
        }
        memory.keptDisks.removeAll { lost.contains($0.node) }
        for name in lost { memory.nodes[name] = nil }
    }

    /// The silent nodes that may hold an instance which no node that answered has.
    ///
    /// A silent node holds what the roster says. Where no node that answered remembers this cluster, any node that did
    /// not answer may hold anything, one that is `offline` as well: that it is off says nothing of what it has.
    func possibleHolders(of instance: Name) -> [Name] {
        if memory.exists {
            if let entry = memory.instances[instance] { return silent.contains(entry.node) ? [entry.node] : [] }
            return silent.filter { node in memory.nodes[node].map { $0.machine == nil } ?? false }.sorted()
        }
        return silent.sorted()
    }
}
