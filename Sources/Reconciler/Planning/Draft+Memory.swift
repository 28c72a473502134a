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
    /// Whether this machine's own copy stands in for the nodes' rosters, for silent nodes alone.
    var isOwnCopy = false
}

extension Draft {
    /// Takes the newest roster among the nodes that answered.
    ///
    /// The newest says where things are, since an older one still lists what has been deleted since. Nodes that wrote the
    /// same generation in runs that could not see each other are joined: a witness more costs only caution.
    mutating func recallRosters() {
        let rosters = answeredNames.compactMap { answered[$0]?.roster }.filter { $0.cluster == identity }
        memory.generation = rosters.map(\.age).max() ?? 0
        memory.exists = !rosters.isEmpty
        var last: Roster?
        for roster in rosters where roster.age == memory.generation && roster != last {
            last = roster
            memory.nodes.merge(roster.nodes) { first, second in first.machine == nil ? second : first }
            memory.instances.merge(roster.instances) { first, _ in first }
            memory.keptDisks += roster.keptDisks.filter { !memory.keptDisks.contains($0) }
        }
        memory.keptDisks.sort { ($0.path, $0.node) < ($1.path, $1.node) }
        if !memory.exists, let own = ownRoster, isOfThisFleet(own) {
            memory.isOwnCopy = true
            memory.instances = own.instances.filter { _, entry in
                [entry.node, entry.alsoOn].compactMap(\.self).contains(where: silent.contains)
            }
        }
    }

    /// Whether a copy of a roster speaks of the machines that answer now, and not of others that had their names.
    func isOfThisFleet(_ roster: Roster) -> Bool {
        answered.allSatisfy { name, node in
            roster.nodes[name].map { !isAnother(node, than: $0) } ?? true
        }
    }

    /// Takes from memory what lost nodes had, but for what was on its way from there.
    mutating func forgetLostNodes() {
        let lost = Set(cluster.nodes.values.filter { $0.state == .lost }.map(\.name))
        for (name, entry) in memory.instances.sorted(by: { $0.key < $1.key }) where entry.alsoOn != nil {
            guard let other = entry.alsoOn else { continue }
            if lost.contains(other) { memory.instances[name]?.alsoOn = nil }
            guard lost.contains(entry.node), !lost.contains(other) else { continue }
            // It may be whole there, and it may be half of it: its files are no disks before a domain says so.
            var half = entry
            half.node = other
            half.alsoOn = nil
            half.doubt = .torn
            half.volumes = entry.volumes.mapValues { cluster.path($0, from: entry.node, to: other) }
            if let node = answered[other], !half.hasDisk(on: node) { continue }
            memory.instances[name] = half
        }
        for (name, entry) in memory.instances.sorted(by: { $0.key < $1.key }) where lost.contains(entry.node) {
            memory.instances[name] = nil
            let paths = entry.volumes.values.sorted().joined(separator: ", ")
            note(
                about: [.instance(name, on: entry.node), .node(entry.node)],
                "\(entry.node) is lost, and with it what \(name)'s disks held (\(paths))")
        }
        for disk in memory.keptDisks where lost.contains(disk.node) {
            note(
                about: disk.objects + [.node(disk.node)],
                "\(disk.node) is lost, and with it the kept disk \(disk.disk) of \(disk.instance) (\(disk.path))")
        }
        memory.keptDisks.removeAll { lost.contains($0.node) }
        for name in lost { memory.nodes[name] = nil }
        recallTorn()
    }

    /// Finds out what became of instances that were moving when the node was lost from which they came.
    private mutating func recallTorn() {
        for (name, entry) in memory.instances.sorted(by: { $0.key < $1.key }) where entry.doubt == .torn {
            guard let node = answered[entry.node] else { continue }
            let isThere = node.domains.contains { $0.uuid == entry.uuid }
            if !isThere, entry.hasDisk(on: node) {
                // Another part's run knows nothing of it, and leaves the doubt to its own.
                guard manages(entry.part) else { continue }
                if !isDestroy, cluster.instances[name] != nil {
                    // Nothing is made of half a disk before a person has looked.
                    torn.insert(name)
                    continue
                }
                note(
                    about: [.instance(name, on: entry.node)],
                    "the node is lost from which \(name) was moving: its disks on \(entry.node) may not be whole")
            }
            memory.instances[name]?.doubt = nil
        }
    }

    /// The silent nodes that may hold an instance which no node that answered has.
    ///
    /// A silent node holds what the roster says. Where no node that answered has one, this machine's own copy stands in.
    /// Where there is none either, but things of this cluster are there, the rosters were lost, and every silent
    /// node may hold anything, an `offline` one as well. Where there is nothing at all, the cluster is new.
    ///
    /// Where no node answers at all, nothing is known of anything. What was adopted is there somewhere: where nobody
    /// remembers it, that is on a node that does not answer.
    func possibleHolders(of instance: Name) -> [Name] {
        if let entry = memory.instances[instance] {
            let holders = [entry.node, entry.alsoOn].compactMap(\.self).filter(silent.contains)
            if !holders.isEmpty { return holders }
        } else if isBlind || cluster.instances[instance]?.isAdopted == true {
            return silent.sorted()
        }
        if memory.exists {
            guard memory.instances[instance] == nil else { return [] }
            return silent.filter { node in memory.nodes[node].map { $0.machine == nil } ?? false }.sorted()
        }
        return hasLostMemory ? silent.sorted() : []
    }

    /// Whether no node answered that was asked.
    var isBlind: Bool { answered.isEmpty && silent.contains { silence(of: $0) != nil } }

    /// Finds out whether things of this cluster are there and nobody remembers where the rest is.
    mutating func noticeLostMemory() {
        guard !memory.exists, !memory.isOwnCopy else { return }
        hasLostMemory =
            !owned.isEmpty
            || answered.values.contains { node in node.networks.contains { $0.mark?.cluster == identity } }
    }
}
