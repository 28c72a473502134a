import Spec

extension Draft {
    /// The step that writes the roster to a node before anything is created or removed there.
    func openingRoster(_ node: Name) -> StepID { StepID("\(node)/roster/open") }

    /// Writes the roster to every node that answers: before the first creation what will be, after the last what is.
    mutating func planRosters() {
        let touches = steps.contains { step in
            switch step.operation {
            case .defineDomain, .markDeleting, .defineNetwork, .deleteNetwork, .move: true
            case .deleteVolume: step.object.kind == .disk
            case .updateDomain(let update):
                if case .edit(let edit) = update.action { isOnRecord(edit, update.uuid, step) } else { false }
            default: false
            }
        }
        let closing = roster(isClosing: true)
        let isBehind = nodesBehind(closing)
        guard touches || !isBehind.isEmpty else { return }
        guard touches else {
            refresh(closing, on: isBehind)
            return
        }
        var opening = roster(isClosing: false)
        opening.generation = memory.generation + 1
        let work = steps.map(\.id)
        var last = closing
        last.generation = opening.generation
        let openers = answeredNames.map { rosterStep(openingRoster($0), on: $0, .writeRoster(opening)) }
        let barrier = needsOpeningBarrier ? [barrier(Draft.openingBarrier, after: openers)] : []
        steps.insert(contentsOf: openers.reversed() + barrier, at: 0)
        let moved = missing.filter { isMoving($0.name) }
        if !moved.isEmpty { addMovingRosters(moved, &last.generation, opening) }
        guard last != opening else { return }
        last.generation += 1
        // What it leaves out must be gone, or the next run would know nothing of it. One node's write stands for that,
        // and the others wait for it: every node waiting for every step would be a plan of nodes times steps.
        let assumed = steps.filter(leavesSomethingOut).map(\.id)
        var first: StepID?
        for node in answeredNames {
            var step = rosterStep(
                StepID("\(node)/roster/close"), on: node, isForgettable(last) ? .deleteRoster : .writeRoster(last))
            step.requires = [openingRoster(node)] + (first.map { [$0] } ?? assumed)
            if first == nil { step.after = work }
            add(step)
            first = first ?? step.id
        }
    }

    /// Whether an edit changes what the roster tells of an instance.
    private func isOnRecord(_ edit: DomainEdit, _ uuid: UniqueID, _ step: Step) -> Bool {
        if edit.items.contains(where: \.isOnRecord) { return true }
        guard let old = owned[edit.mark.instance]?.mark else { return true }
        return old.nics != edit.mark.nics || old.instance != edit.mark.instance
    }

    private func rosterStep(_ id: StepID, on node: Name, _ operation: Operation) -> Step {
        Step(id: id, node: node, object: ObjectReference(.roster, "roster", on: node), operation: operation)
    }

    private static let openingBarrier = StepID("roster/open")
    private static let movingBarrier = StepID("roster/move")

    /// What a step runs after that needs every answering node to know of it, as far as nodes still answer.
    ///
    /// One barrier for all: instances times nodes would be more edges than a large plan has room for.
    mutating func everyRoster(isMoving: Bool) -> [StepID] {
        guard answeredNames.count > 1 else { return [] }
        if isMoving { needsMovingBarrier = true } else { needsOpeningBarrier = true }
        return [isMoving ? Draft.movingBarrier : Draft.openingBarrier]
    }

    private func barrier(_ id: StepID, after writes: [Step]) -> Step {
        let node = answeredNames.first ?? identity.name
        return Step(
            id: id, node: node, object: ObjectReference(.roster, "roster", on: nil), operation: .barrier,
            after: writes.map(\.id))
    }

    /// Whether the closing roster no longer tells of what the step removes or takes back.
    private func leavesSomethingOut(_ step: Step) -> Bool {
        switch step.operation {
        case .undefineDomain, .move(.finish, _), .move(.forget, _): true
        case .deleteVolume: step.object.kind == .disk
        case .updateDomain(let update):
            // Only an edit takes a disk or a name away from an instance.
            if case .edit = update.action { true } else { false }
        case .defineDomain(let definition):
            definition.disks.contains { releasedPaths.contains(Location(node: step.node, what: $0.path)) }
        default: false
        }
    }

    /// The step that tells a node of instances that are gone from one node and about to be made on another.
    func movingRoster(_ node: Name) -> StepID { StepID("\(node)/roster/move") }

    /// Whether an instance is removed from one node and made again on another by this plan.
    func isMoving(_ instance: Name) -> Bool {
        guard removals[instance] != nil, let from = owned[instance]?.node, let to = placements[instance]?.node else {
            return false
        }
        return from != to
    }

    /// Between an instance's removal and its making elsewhere, every node is told where it will be.
    private mutating func addMovingRosters(_ moved: [Instance], _ generation: inout Int, _ opening: Roster) {
        var roster = opening
        generation += 1
        roster.generation = generation
        for instance in moved {
            guard let node = placements[instance.name]?.node else { continue }
            roster.instances[instance.name] = entry(of: instance, on: node)
        }
        let removed = moved.compactMap { removals[$0.name] }
        let movers = answeredNames.map { node in
            var step = rosterStep(movingRoster(node), on: node, .writeRoster(roster))
            step.requires = [openingRoster(node)] + removed
            return step
        }
        steps += movers
        if needsMovingBarrier { steps.append(barrier(Draft.movingBarrier, after: movers)) }
    }

    /// The nodes whose roster says something else.
    private func nodesBehind(_ roster: Roster) -> [Name] {
        var wanted = roster
        wanted.generation = memory.generation
        let mayBeMissing = isForgettable(wanted)
        // Nodes have copies of one roster: comparing a copy with the last good one takes no time.
        var lastGood: Roster?
        return answeredNames.filter { node in
            guard let there = answered[node]?.roster, there.cluster == identity else { return !mayBeMissing }
            if there == lastGood { return false }
            guard there == wanted else { return true }
            lastGood = there
            return false
        }
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
            } else if hasLostMemory, silent.contains(name) {
                // Nobody remembers what it holds: this roster must not make it look empty.
                roster.nodes[name] = Roster.Member(machine: nil)
            }
        }
        for (instance, entry) in memory.instances where owned[instance] == nil {
            let isElsewhere = entry.alsoOn.map { answered[$0] == nil && cluster.nodes[$0]?.state != .lost } ?? false
            if isElsewhere || answered[entry.node] == nil || untouchable.contains(instance)
                || isStillMeant(instance, entry)
            {
                roster.instances[instance] = entry
            } else if let node = answered[entry.node] {
                // Somebody undefined it, and nothing wants it back: what people put on its data disks stays known.
                for (disk, path) in entry.volumes where disk != "root" && disk != "seed" && node.volumes[path] != nil {
                    guard let disk = Name(disk) else { continue }
                    let kept = Roster.KeptDisk(
                        instance: instance, disk: disk, part: entry.part, node: entry.node, path: path)
                    if isUsedElsewhere(path, on: entry.node, besides: nil) { continue }
                    if !roster.keptDisks.contains(kept), !releasedPaths.contains(Location(node: entry.node, what: path))
                    {
                        roster.keptDisks.append(kept)
                    }
                }
            }
        }
        for (instance, owned) in owned where !(isClosing && removals[instance] != nil) {
            let current = entry(of: owned, as: instance, isClosing: isClosing)
            roster.instances[instance] = current
            if owned.mark.instance != instance, !isClosing || current.alsoOn != nil {
                // Until the mark says otherwise the domain is the old name's, wherever a half of it may be.
                var former = entry(of: owned, as: owned.mark.instance, isClosing: true)
                former.alsoOn = current.alsoOn
                roster.instances[owned.mark.instance] = former
            }
        }
        for instance in missing {
            guard let node = placements[instance.name]?.node, isClosing || removals[instance.name] == nil else {
                continue
            }
            roster.instances[instance.name] = entry(of: instance, on: node)
            keepForgotten(of: instance, in: &roster)
        }
        for disk in newlyKept where !roster.keptDisks.contains(disk) { roster.keptDisks.append(disk) }
        if isClosing {
            roster.keptDisks.removeAll { releasedPaths.contains(Location(node: $0.node, what: $0.path)) }
        }
        roster.keptDisks.sort { ($0.path, $0.node) < ($1.path, $1.node) }
        return roster
    }

    /// Data disks that an instance had before somebody undefined its domain, and that its spec does not have any more.
    private func keepForgotten(of instance: Instance, in roster: inout Roster) {
        guard owned[instance.name] == nil, let old = memory.instances[instance.name],
            let new = roster.instances[instance.name], let node = answered[old.node]
        else { return }
        for (disk, path) in old.volumes.sorted(by: { $0.key < $1.key }) where disk != "root" && disk != "seed" {
            guard let name = Name(disk), node.volumes[path] != nil, !new.volumes.values.contains(path),
                !isUsedElsewhere(path, on: old.node, besides: nil)
            else { continue }
            let kept = Roster.KeptDisk(instance: instance.name, disk: name, part: old.part, node: old.node, path: path)
            if !roster.keptDisks.contains(kept) { roster.keptDisks.append(kept) }
        }
    }

    /// Whether an instance without a domain is another part's business, or waits for its chance to come back.
    private func isStillMeant(_ instance: Name, _ entry: Roster.Entry) -> Bool {
        guard entry.volumes.values.contains(where: { answered[entry.node]?.volumes[$0] != nil }) else { return false }
        return !manages(entry.part) || !isDestroy && cluster.instances[instance] != nil
    }

    /// What the roster tells of an instance that is there: when closing what will be, before also what still is.
    private func entry(of owned: OwnedDomain, as instance: Name, isClosing: Bool) -> Roster.Entry {
        var volumes: [String: String] = [:]
        for disk in owned.domain.disks where !owned.mark.isAdopted {
            if let name = disk.name { volumes[name] = disk.path }
        }
        // What somebody took from the domain and left on the node stays known: nothing else leads to it.
        for (name, path) in memory.instances[owned.mark.instance]?.volumes ?? [:] where volumes[name] == nil {
            guard !owned.mark.isAdopted, memory.instances[owned.mark.instance]?.node == owned.node,
                answered[owned.node]?.volumes[path] != nil, !memory.keptDisks.contains(where: { $0.path == path })
            else { continue }
            volumes[name] = path
        }
        var nics = Set(owned.mark.nics.values)
        if let update = updates[instance] {
            if let disks = update.disks {
                volumes = isClosing ? disks : volumes.merging(disks) { _, new in new }
            }
            nics = isClosing ? Set(update.mark.nics.values) : nics.union(update.mark.nics.values)
        }
        let unfinished = owned.mark.move?.otherEnd(than: owned.node)
        let isSettled = frozen[instance] == nil && arrivals[instance]?.otherEnd != .silent
        return Roster.Entry(
            node: isClosing ? moves[instance]?.to ?? owned.node : owned.node, part: owned.mark.part,
            uuid: owned.domain.uuid, macs: Set(nics.map(\.mac)).sorted(),
            addresses: Set(nics.compactMap(\.address)).sorted(), volumes: volumes,
            alsoOn: isClosing && isSettled ? nil : moves[instance]?.to ?? unfinished)
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
