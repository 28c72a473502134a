import Spec

extension FleetIndexBuilder {
    /// Takes the newest roster among the nodes that answered.
    ///
    /// The newest says where things are, since an older one still lists what has been deleted since. Nodes that wrote the
    /// same generation in runs that could not see each other are joined: a witness more costs only caution.
    mutating func recallRosters() {
        let rosters = answeredNames.compactMap { answered[$0]?.roster }.filter { $0.cluster == identity }
        index.history.generation = rosters.map(\.age).max() ?? 0
        index.history.exists = !rosters.isEmpty
        var last: Roster?
        for roster in rosters where roster.age == history.generation && roster != last {
            last = roster
            index.history.nodes.merge(roster.nodes) { first, second in first.machine == nil ? second : first }
            index.history.instances.merge(roster.instances) { first, _ in first }
            for disk in roster.keptDisks where !history.keptDisks[disk.instance].contains(disk) {
                index.history.keptDisks.append(disk)
            }
        }
        index.history.keptDisks.sort()
        if !history.exists, let own = ownRoster, isOfThisFleet(own) {
            index.history.isOwnCopy = true
            index.history.instances = own.instances.filter { _, entry in
                [entry.node, entry.alsoOn].compactMap(\.self).contains(where: unreachable.contains)
            }
        }
    }

    /// Whether a copy of a roster speaks of the machines that answer now, and not of others that had their names.
    func isOfThisFleet(_ roster: Roster) -> Bool {
        answered.allSatisfy { name, node in
            roster.nodes[name].map { !isAnother(node, than: $0) } ?? true
        }
    }

    /// Takes from the history what lost nodes had, but for what was migrating from there.
    mutating func forgetLostNodes() {
        let lost = Set(cluster.nodes.values.filter { $0.state == .lost }.map(\.name))
        for (name, entry) in history.instances.inOrder(where: { $0.alsoOn != nil }) {
            guard let other = entry.alsoOn else { continue }
            if lost.contains(other) { index.history.instances[name]?.alsoOn = nil }
            guard lost.contains(entry.node), !lost.contains(other) else { continue }
            // It may be whole there, and it may be half of it: its files are no disks before a domain says so.
            var half = entry
            half.node = other
            half.alsoOn = nil
            half.doubt = .split
            half.volumes = entry.volumes.mapValues { cluster.path($0, from: entry.node, to: other) }
            if let node = answered[other], !half.hasDisk(on: node) { continue }
            index.history.instances[name] = half
        }
        for (name, entry) in history.instances.inOrder(where: { lost.contains($0.node) }) {
            index.history.instances[name] = nil
            let paths = entry.volumes.values.sorted().joined(separator: ", ")
            index.findings.note(
                about: [.instance(name, on: entry.node), .node(entry.node)],
                "\(entry.node) is lost, and with it the disks of \(name) (\(paths))")
        }
        for disk in history.keptDisks.all where lost.contains(disk.node) {
            index.findings.note(
                about: disk.objects + [.node(disk.node)],
                "\(disk.node) is lost, and with it the kept disk \(disk.disk) of \(disk.instance) (\(disk.path))")
        }
        index.history.keptDisks.removeAll(on: lost)
        for name in lost { index.history.nodes[name] = nil }
        recallSplit()
    }

    /// Finds out what became of instances that were moving when the node was lost from which they came.
    private mutating func recallSplit() {
        for (name, entry) in history.instances.inOrder(where: { $0.doubt == .split }) {
            guard let node = answered[entry.node] else { continue }
            let isThere = node.domains.contains { $0.uuid == entry.uuid }
            if !isThere, entry.hasDisk(on: node) {
                // Another part's run knows nothing of it, and leaves the doubt to its own.
                guard manages(entry.part) else { continue }
                if !isDestroy, cluster.instances[name] != nil {
                    // Nothing is made of half a disk before a person has looked.
                    index.splitInstances.insert(name)
                    continue
                }
                index.findings.note(
                    about: [.instance(name, on: entry.node)],
                    "the migration source of \(name) is lost: its disks on \(entry.node) may be incomplete")
            }
            index.history.instances[name]?.doubt = nil
        }
    }

    /// Finds out whether things of this cluster are there and nobody remembers where the rest is.
    mutating func noticeLostHistory() {
        guard !history.exists, !history.isOwnCopy else { return }
        index.history.isLost =
            !owned.isEmpty
            || answered.values.contains { node in node.networks.contains { $0.mark?.cluster == identity } }
    }
}
