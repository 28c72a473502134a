import Spec

extension FleetIndexBuilder {
    /// Hears what older rosters say of nodes that nobody can ask now.
    ///
    /// A roster is a file on one node, which may be damaged or forged: the newest must not take away what the others
    /// know. Of a node that answers, the node itself tells. Of one that does not, every roster is a witness, and a witness
    /// only forbids: nothing is made that an unreachable node may hold, and nothing is forgotten that was kept.
    mutating func recallWitnesses() {
        let rosters = answeredNames.compactMap { answered[$0]?.roster }.filter { $0.cluster == identity }
        // Nodes have copies of few rosters. The newest is what is remembered already.
        var heard = rosters.first { $0.age == history.generation }.map { [$0] } ?? []
        for roster in rosters where !heard.contains(roster) {
            heard.append(roster)
            hear(roster)
        }
        // One witness may say anything; what this machine wrote itself is another.
        if rosters.count == 1, let own = ownRoster, isOfThisFleet(own) { hear(own) }
        index.history.keptDisks.sort()
        holdContradicted()
    }

    private mutating func hear(_ roster: Roster) {
        // What was seen speaks for itself.
        for (instance, entry) in roster.instances.inOrder()
        where owned[instance] == nil && domainsByUUID[entry.uuid] == nil {
            hear(instance, entry)
        }
        for disk in roster.keptDisks { hear(disk) }
    }

    private mutating func hear(_ instance: Name, _ entry: Roster.Entry) {
        let known = history.instances[instance]
        if known?.node != entry.node, answered[entry.node] != nil {
            // Its domain is gone; what people put on its data disks is not.
            for (disk, path) in entry.volumes.sorted(by: { $0.key < $1.key }) where disk != "root" && disk != "seed" {
                guard let disk = Name(disk) else { continue }
                hear(Roster.KeptDisk(instance: instance, disk: disk, part: entry.part, node: entry.node, path: path))
            }
        }
        let holders = [entry.node, entry.alsoOn].compactMap(\.self).filter(isOutOfSight)
        guard let holder = holders.first else { return }
        guard let known else {
            var witness = entry
            witness.node = holder
            witness.alsoOn = holders.dropFirst().first
            if entry.node != holder { witness.volumes = [:] }
            index.history.instances[instance] = witness
            return
        }
        guard known.alsoOn == nil, let other = holders.first(where: { $0 != known.node }) else { return }
        index.history.instances[instance]?.alsoOn = other
    }

    /// Leaves alone what does not run here and, as the roster has it, is on a node that does not answer.
    private mutating func holdContradicted() {
        for (instance, owned) in index.domains.owned {
            guard let other = contradiction(owned), index.awaitingMigration[instance] == nil else { continue }
            index.awaitingMigration[instance] =
                cluster.nodes[other] == nil
                ? "according to the roster, it is on \(other), which is no longer in the spec and may run it; add \(other) again, "
                    + "with `state: lost` if it is gone for good"
                : "according to the roster, it is on \(other), which does not answer and may run it; wait until it answers, or, "
                    + "if it is gone for good, set `state: lost`"
        }
    }

    private mutating func hear(_ disk: Roster.KeptDisk) {
        guard cluster.nodes[disk.node]?.state != .lost,
            !history.keptDisks.contains(disk.path, on: disk.node)
        else { return }
        if let node = answered[disk.node] {
            let isUsed = isUsedElsewhere(disk.path, on: disk.node, besides: nil)
            guard isNamedOurs(disk), node.volumes[disk.path] != nil, !isUsed else { return }
        }
        index.history.keptDisks.append(disk)
    }

    /// Whether a node does not answer, or left the spec, so that only rosters tell what it holds.
    ///
    /// The newest roster lists a node until a run found that it left the spec empty: what older ones say of it is over.
    private func isOutOfSight(_ node: Name) -> Bool {
        unreachable.contains(node) || isGone(node) && history.nodes[node] != nil
    }
}
