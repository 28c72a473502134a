import Spec

extension RosterEmitter {
    /// Who is where: when closing, as it will be when all steps have succeeded; before, also what is about to go.
    func roster(isClosing: Bool) -> Roster {
        var contents = RosterContents(
            Roster(
                cluster: identity, generation: 0, nodes: members(), instances: [:],
                keptDisks: history.keptDisks.all))
        addWithoutDomains(to: &contents)
        addOwned(to: &contents, isClosing: isClosing)
        addNew(to: &contents, isClosing: isClosing)
        contents.keep(graph.keptDisks)
        var roster = contents.roster
        if isClosing {
            roster.keptDisks.removeAll { graph.releasedPaths.contains(Location(node: $0.node, what: $0.path)) }
        }
        roster.keptDisks.sort { ($0.path, $0.node) < ($1.path, $1.node) }
        return roster
    }

    /// What is known of each node of the spec.
    private func members() -> [Name: Roster.Member] {
        var members: [Name: Roster.Member] = [:]
        for name in cluster.nodes.keys {
            if let node = answered[name] {
                members[name] = Roster.Member(
                    machine: node.machine, host: node.host, markedFolders: markedFolders(of: node))
            } else if let known = history.nodes[name] {
                members[name] = known
            } else if history.isLost, unreachable.contains(name) {
                // Nobody remembers what it holds: this roster must not make it look empty.
                members[name] = Roster.Member(machine: nil)
            }
        }
        return members
    }

    /// Instances of earlier rosters whose domain was not seen.
    private func addWithoutDomains(to contents: inout RosterContents) {
        for (instance, entry) in history.instances where owned[instance] == nil {
            let isElsewhere = entry.alsoOn.map { answered[$0] == nil && cluster.nodes[$0]?.state != .lost } ?? false
            if isElsewhere || answered[entry.node] == nil || excluded.contains(instance)
                || isStillMeant(instance, entry)
            {
                contents.roster.instances[instance] = entry
            } else if let node = answered[entry.node] {
                // Somebody undefined it, and nothing wants it back: what people put on its data disks stays known.
                contents.keep(bereft(instance, entry, on: node))
                if splitInstances.contains(instance), let other = entry.alsoOn.flatMap({ answered[$0] }) {
                    var there = entry
                    there.volumes = entry.volumes.mapValues { cluster.path($0, from: entry.node, to: other.name) }
                    contents.keep(bereft(instance, there, on: other))
                }
            }
        }
    }

    /// Instances whose domain was seen.
    private func addOwned(to contents: inout RosterContents, isClosing: Bool) {
        for (instance, owned) in owned where !(isClosing && removals[instance] != nil) {
            let current = entry(of: owned, as: instance, isClosing: isClosing)
            contents.roster.instances[instance] = current
            if owned.mark.instance != instance,
                !isClosing || current.alsoOn != nil || !isRenamed(instance)
            {
                // Until the mark says otherwise the domain is the old name's, wherever a half of it may be.
                var former = entry(of: owned, as: owned.mark.instance, isClosing: true)
                former.alsoOn = current.alsoOn
                former.doubt = current.doubt
                contents.roster.instances[owned.mark.instance] = former
            }
        }
    }

    /// Instances that this plan makes.
    private func addNew(to contents: inout RosterContents, isClosing: Bool) {
        for instance in missing {
            guard let node = placements[instance.name]?.node, isClosing || removals[instance.name] == nil else {
                continue
            }
            let new = entry(of: instance, on: node)
            contents.roster.instances[instance.name] = new
            contents.keep(forgotten(instance, new))
        }
    }

    /// Whether the plan gives the domain's mark the instance's new name.
    private func isRenamed(_ instance: Name) -> Bool {
        updates[instance]?.update.isRenamed == true || graph.resumed[instance] != nil
    }

    /// The folders of a node that have kvmctl's mark, or had it.
    private func markedFolders(of node: ObservedNode) -> [String] {
        let seen = node.folders.values.filter { $0.id != nil }.map(\.path)
        return Set(seen + (history.nodes[node.name]?.markedFolders ?? [])).sorted()
    }

    /// The data disks that an instance without a domain has on a node.
    private func bereft(_ instance: Name, _ entry: Roster.Entry, on node: ObservedNode) -> [Roster.KeptDisk] {
        entry.volumes.compactMap { disk, path in
            guard disk != "root", disk != "seed", node.volumes[path] != nil, let disk = Name(disk),
                !isDiskOfDomain(path, on: node.name),
                !graph.releasedPaths.contains(Location(node: node.name, what: path))
            else { return nil }
            return Roster.KeptDisk(instance: instance, disk: disk, part: entry.part, node: node.name, path: path)
        }
    }

    /// Data disks that an instance had before somebody undefined its domain, and that its spec does not have any more.
    private func forgotten(_ instance: Instance, _ new: Roster.Entry) -> [Roster.KeptDisk] {
        guard owned[instance.name] == nil, let old = history.instances[instance.name], let node = answered[old.node]
        else { return [] }
        return old.volumes.sorted(by: { $0.key < $1.key }).compactMap { disk, path in
            guard disk != "root", disk != "seed", let name = Name(disk), node.volumes[path] != nil,
                new.node != old.node || !new.volumes.values.contains(path),
                !isDiskOfDomain(path, on: old.node)
            else { return nil }
            return Roster.KeptDisk(instance: instance.name, disk: name, part: old.part, node: old.node, path: path)
        }
    }

    /// Whether an instance without a domain is another part's business, or waits for its chance to come back.
    private func isStillMeant(_ instance: Name, _ entry: Roster.Entry) -> Bool {
        guard entry.volumes.values.contains(where: { answered[entry.node]?.volumes[$0] != nil }) else { return false }
        return !manages(entry.part) || !isDestroy && cluster.instances[instance] != nil
    }

    /// What the roster tells of an instance that is there: when closing what will be, before also what still is.
    func entry(of owned: OwnedDomain, as instance: Name, isClosing: Bool) -> Roster.Entry {
        var volumes: [String: String] = [:]
        for disk in owned.domain.disks where !owned.mark.isAdopted {
            if let name = disk.name { volumes[name] = disk.path }
        }
        // What somebody took from the domain and left on the node stays known: nothing else leads to it.
        let known = remembered(owned)
        for (name, path) in known?.volumes ?? [:] where volumes[name] == nil {
            guard !owned.mark.isAdopted, known?.node == owned.node,
                answered[owned.node]?.volumes[path] != nil, !history.keptDisks.contains(path)
            else { continue }
            volumes[name] = path
        }
        var nics = Set(owned.mark.nics.values)
        if let accepted = updates[instance] {
            if let disks = accepted.update.disks {
                volumes = isClosing ? disks : volumes.merging(disks) { _, new in new }
            }
            // Until the domain uses the new file, the old one is the disk.
            if isClosing { for move in accepted.update.copies { volumes[move.disk] = move.paths.to } }
            nics = isClosing ? Set(accepted.update.mark.nics.values) : nics.union(accepted.update.mark.nics.values)
        }
        if let domain = graph.resumed[instance] {
            // What an earlier run began to make is made as the spec is now.
            if isClosing { (volumes, nics) = ([:], []) }
            volumes["seed"] = domain.seedPath
            for disk in domain.disks { volumes[disk.name] = disk.path }
            nics.formUnion(domain.mark.nics.values)
        }
        if isClosing, let move = moves[instance] { volumes = volumes.mapValues(move.mark.destinationPath) }
        let unfinished = owned.mark.move?.otherEnd(than: owned.node)
        let isFinished =
            awaitingMigration[instance] == nil && unfinishedMigrations[instance]?.otherEnd != .unreachable
            && !excluded.contains(instance)
        let contradiction = contradiction(owned)
        let other = isClosing && isFinished ? contradiction : moves[instance]?.to ?? unfinished ?? contradiction
        return Roster.Entry(
            node: isClosing ? moves[instance]?.to ?? owned.node : owned.node,
            part: isClosing ? updates[instance]?.update.mark.part ?? owned.mark.part : owned.mark.part,
            uuid: owned.domain.uuid, macs: Set(nics.map(\.mac)).sorted(),
            addresses: Set(nics.compactMap(\.address)).sorted(), volumes: volumes, alsoOn: other,
            doubt: other != nil && other == contradiction ? .disputed : nil)
    }

    func entry(of instance: Instance, on node: Name) -> Roster.Entry {
        let given = nics[instance.name] ?? [:]
        return Roster.Entry(
            node: node, part: instance.part, uuid: domainUUID(of: instance.name),
            macs: given.values.map(\.mac).sorted(), addresses: given.values.compactMap(\.address).sorted(),
            volumes: volumes(of: instance, on: node))
    }
}
