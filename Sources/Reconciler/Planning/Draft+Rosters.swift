import Spec

extension Draft {
    /// The step that writes the roster to a node before anything is created or removed there.
    func openingRoster(_ node: Name) -> StepID { StepID("\(node)/roster/open") }

    /// Writes the roster to every node that answers: before the first creation what will be, after the last what is.
    mutating func planRosters() {
        let touches = steps.contains { step in
            switch step.operation {
            case .defineDomain, .markDeleting, .defineNetwork, .deleteNetwork: true
            case .deleteVolume: step.object.kind == .disk
            default: false
            }
        }
        let closing = roster(isClosing: true)
        let isBehind = answeredNames.filter { !isCurrent(closing, on: $0) }
        guard touches || !isBehind.isEmpty else { return }
        guard touches else {
            refresh(closing, on: isBehind)
            return
        }
        var opening = roster(isClosing: false)
        opening.generation = memory.generation + 1
        let work = steps.map(\.id)
        for node in answeredNames {
            let object = ObjectReference(.roster, "roster", on: node)
            steps.insert(
                Step(id: openingRoster(node), node: node, object: object, operation: .writeRoster(opening)), at: 0)
        }
        var last = closing
        last.generation = opening.generation
        guard last != opening else { return }
        last.generation += 1
        for node in answeredNames {
            let object = ObjectReference(.roster, "roster", on: node)
            add(
                Step(
                    id: StepID("\(node)/roster/close"), node: node, object: object,
                    operation: isForgettable(last) ? .deleteRoster : .writeRoster(last),
                    requires: [openingRoster(node)],
                    after: work))
        }
    }

    private func isCurrent(_ wanted: Roster, on node: Name) -> Bool {
        guard let there = answered[node]?.roster, there.cluster == identity else { return isForgettable(wanted) }
        var wanted = wanted
        wanted.generation = memory.generation
        return there == wanted
    }

    /// Brings the roster to nodes that missed its last writing, or corrects it after a run that failed in part.
    private mutating func refresh(_ roster: Roster, on nodes: [Name]) {
        var next = roster
        next.generation = memory.generation + 1
        for node in answeredNames {
            let object = ObjectReference(.roster, "roster", on: node)
            add(
                Step(
                    id: StepID("\(node)/roster/refresh"), node: node, object: object,
                    operation: isForgettable(next) ? .deleteRoster : .writeRoster(next)))
        }
        for node in nodes {
            changes.append(
                Change(
                    .update, ObjectReference(.roster, "roster", on: node),
                    reason: "the node's memory of the cluster is not up to date"))
        }
    }

    /// A roster that says nothing need not be there.
    private func isForgettable(_ roster: Roster) -> Bool {
        roster.instances.isEmpty && roster.keptDisks.isEmpty && silent.isEmpty
    }

    /// Who is where: when closing, as it will be when all steps have succeeded; before, also what is about to go.
    private func roster(isClosing: Bool) -> Roster {
        var roster = Roster(
            cluster: identity, generation: 0, nodes: [:], instances: [:],
            keptDisks: memory.keptDisks)
        for name in cluster.nodes.keys {
            if let node = answered[name] {
                roster.nodes[name] = Roster.Member(machine: node.machine)
            } else if let known = memory.nodes[name] {
                roster.nodes[name] = known
            } else if !memory.exists, silence(of: name) != nil {
                // Nobody remembers what it holds: this roster must not make it look empty.
                roster.nodes[name] = Roster.Member(machine: nil)
            }
        }
        for (instance, entry) in memory.instances where owned[instance] == nil {
            if answered[entry.node] == nil || untouchable.contains(instance) { roster.instances[instance] = entry }
        }
        for (instance, owned) in owned where !(isClosing && removals[instance] != nil) {
            roster.instances[instance] = entry(of: owned)
        }
        for instance in missing {
            guard let node = placements[instance.name]?.node, isClosing || removals[instance.name] == nil else {
                continue
            }
            roster.instances[instance.name] = entry(of: instance, on: node)
        }
        for disk in newlyKept where !roster.keptDisks.contains(disk) { roster.keptDisks.append(disk) }
        if isClosing {
            roster.keptDisks.removeAll { releasedPaths.contains(Location(node: $0.node, what: $0.path)) }
        }
        roster.keptDisks.sort { ($0.path, $0.node) < ($1.path, $1.node) }
        return roster
    }

    private func entry(of owned: OwnedDomain) -> Roster.Entry {
        var volumes: [String: String] = [:]
        for disk in owned.domain.disks { if let name = disk.name { volumes[name] = disk.path } }
        return Roster.Entry(
            node: owned.node, part: owned.mark.part, uuid: owned.domain.uuid,
            macs: owned.mark.nics.values.map(\.mac).sorted(),
            addresses: owned.mark.nics.values.compactMap(\.address).sorted(), volumes: volumes)
    }

    private func entry(of instance: Instance, on node: Name) -> Roster.Entry {
        let domain = definition(
            of: instance, on: node, uuid: names.domainUUID(instance.name), name: names.domain(instance.name))
        var volumes = ["seed": domain.seedPath]
        for disk in domain.disks { volumes[disk.name] = disk.path }
        return Roster.Entry(
            node: node, part: instance.part, uuid: domain.uuid, macs: domain.mark.nics.values.map(\.mac).sorted(),
            addresses: domain.mark.nics.values.compactMap(\.address).sorted(), volumes: volumes)
    }
}
