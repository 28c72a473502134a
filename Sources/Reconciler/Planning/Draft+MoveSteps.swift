import Spec

extension Draft {
    /// Ends moves that earlier runs began, and makes the moves of this plan, each after all else that is done to the
    /// instance.
    mutating func planMoves() {
        for instance in existing where frozen[instance.name] == nil {
            guard let owned = owned[instance.name], isOnItsWay(instance.name), owned.mark.phase == .active else {
                continue
            }
            var journey = Journey(draft: self, instance: instance.name, owned)
            if let arrival = arrivals[instance.name] { settle(arrival, instance, owned, &journey) }
            if let move = moves[instance.name] { make(move, instance, owned, &journey) }
        }
    }

    /// Ends what a killed run left: at the destination if it arrived, else by going on or by giving it up.
    private mutating func settle(
        _ arrival: Arrival, _ instance: Instance, _ owned: OwnedDomain, _ journey: inout Journey
    ) {
        let end = arrival.move.otherEnd(than: owned.node)
        let object = ObjectReference(.instance, instance.name.text, on: owned.node)
        let move = travelling(owned, arrival.move, isLive: false)
        guard arrival.otherEnd != .silent else {
            changes.append(
                Change(
                    .migrate, object, reason: "its move from \(arrival.move.from) to \(arrival.move.to) is unfinished",
                    blocked: "\(end) does not answer", position: instance.position))
            return
        }
        if arrival.isComplete {
            if arrival.isFetching { add(journey.next(.resume, travelling(owned, arrival.move, isLive: true))) }
            if arrival.otherEnd == .answers { add(journey.next(.leave, move)) }
            if arrival.isTwice { release(move, after: journey.lastID) }
            add(journey.next(.finish, move))
            if arrival.isTwice, moves[instance.name] == nil, owned.domain.power != .running, instance.power == .on {
                startThere(move, instance, owned, &journey)
            }
            changes.append(
                Change(
                    .migrate, object, reason: "it came from \(end), and the move was not ended",
                    details: (arrival.isFetching ? ["it fetches the rest of its memory from \(end) first"] : [])
                        + (arrival.otherEnd == .answers ? ["what is left on \(end) is removed"] : []),
                    position: instance.position))
        } else if moves[instance.name]?.mark != arrival.move {
            if arrival.otherEnd == .answers { add(journey.next(.discard, move)) }
            add(journey.next(.forget, move))
            if !moves.keys.contains(instance.name), owned.domain.autostart != instance.autostart {
                restoreAutostart(instance, owned, &journey)
            }
            changes.append(
                Change(
                    .migrate, object, reason: "its move to \(end) is not wanted any more",
                    details: ["what was made on \(end) is removed"], position: instance.position))
        }
    }

    private mutating func restoreAutostart(_ instance: Instance, _ owned: OwnedDomain, _ journey: inout Journey) {
        var step = journey.last(
            StepID("\(owned.node)/instance/\(instance.name)/autostart-again"),
            .domain(.setAutostart(uuid: owned.domain.uuid, name: owned.domain.name, autostart: instance.autostart)))
        step.expectation = .none
        add(step)
    }

    private mutating func make(
        _ move: InstanceMove, _ instance: Instance, _ owned: OwnedDomain, _ journey: inout Journey
    ) {
        let arrival = arrivals[instance.name]
        let isTwice = arrival?.isTwice == true && arrival?.isComplete == false && arrival?.move == move.mark
        var begin = journey.next(.begin, move)
        begin.requires += [openingRoster(move.from), openingRoster(move.to)]
        begin.after += everyRoster(isMoving: false)
        // What can fail before it is on its way does so first: from here on its node's next boot does not start it.
        begin.requires += placesFor(move, instance, owned)
        add(begin)
        // A definition that the destination has and does not run is in the way.
        if isTwice { add(journey.next(.discard, move)) }
        var prepare = journey.next(.prepare, move)
        prepare.requires += placesFor(move, instance, owned)
        add(prepare)
        var travel = journey.next(move.isLive ? .migrate : .relocate, move)
        travel.requires += Draft.unique(
            instance.nics.flatMap { networkSteps[Location(node: move.to, what: $0.network.text)] ?? [] })
        travel.after += earlierTravels(move)
        for node in [move.from, move.to] { travels[node, default: []].append(travel.id) }
        add(travel)
        add(journey.next(.leave, move))
        release(move, after: journey.lastID)
        add(journey.next(.finish, move))
        if !move.isLive, let name = pendingName(owned, owned.mark), renamingObstacle(owned.domain) == nil,
            nameHolder(name, on: move.to) == nil
        {
            let update = DomainUpdate(uuid: move.uuid, name: move.name, action: .rename(to: name))
            add(
                journey.last(
                    StepID("\(move.to)/instance/\(instance.name)/rename"), .update(update), on: move.to))
        }
        if !move.isLive, instance.power == .on { startThere(move, instance, owned, &journey) }
        if move.isLive, instance.power != .off, !owned.mark.wasReady {
            var ready = readyStep(instance, on: move.to, uuid: move.uuid, name: move.name)
            ready.requires = [journey.lastID].compactMap(\.self)
            add(ready)
        }
        changes.append(
            Change(
                .migrate, ObjectReference(.instance, instance.name.text, on: move.from),
                reason: moveReasons[instance.name] ?? "", fields: [nodeField(instance, owned, to: move.to)],
                details: describe(move), position: instance.positions["node"] ?? instance.position))
    }

    /// On each node every move waits for the one that has as many before it as may be under way at once: so many queues.
    private func earlierTravels(_ move: InstanceMove) -> [StepID] {
        let steps = [move.from, move.to].compactMap { node -> StepID? in
            let earlier = travels[node] ?? []
            return earlier.count < cluster.migration.perNode ? nil : earlier[earlier.count - cluster.migration.perNode]
        }
        return Draft.unique(steps)
    }

    private func describe(_ move: InstanceMove) -> [String] {
        let way =
            switch move.transport {
            case .direct: "from node to node, not encrypted"
            case .ssh: "encrypted, through the ssh sessions of this machine"
            }
        let limit = move.isLive ? move.policy.bandwidth.map { ", at most \($0) a second" } ?? "" : ""
        let how = move.isLive ? "live, \(way)\(limit)" : "stopped: its files are copied through this machine"
        let disks = move.disks.map { "\($0.name) (\($0.capacity))" }.joined(separator: ", ")
        let help = move.isLive && move.policy.postCopy ? ["post-copy where slowing the guest down is not enough"] : []
        let detour = (move.isLive ? detour(of: move) : nil).map { [$0] } ?? []
        let stays = move.stayingPaths.joined(separator: ", ")
        let files =
            disks.isEmpty
            ? ["its disks are on shared storage and stay"]
            : ["copied: \(disks)"] + (stays.isEmpty ? [] : ["on shared storage, and stays: \(stays)"])
        let folders =
            disks.isEmpty ? [] : move.folders.map { "from \($0.from) on \(move.from) to \($0.to) on \(move.to)" }
        return [how] + detour + help + files + folders
    }

    /// What must be on the destination before anything of the instance is: pools and base images.
    private func placesFor(_ move: InstanceMove, _ instance: Instance, _ owned: OwnedDomain) -> [StepID] {
        let pools = disks(of: instance).compactMap { entry in
            pool(entry.pool, on: move.to).flatMap { poolSteps[Location(node: move.to, what: $0.path)] }
        }
        let images = backingPaths(of: owned, on: move.mark).compactMap {
            imageSteps[Location(node: move.to, what: $0)]
        }
        return Draft.unique(pools + images)
    }

    private mutating func startThere(
        _ move: InstanceMove, _ instance: Instance, _ owned: OwnedDomain, _ journey: inout Journey
    ) {
        let object = ObjectReference(.instance, instance.name.text, on: move.to)
        let start = StepID("\(move.to)/instance/\(instance.name)/start")
        add(
            Step(
                id: start, node: move.to, object: object,
                operation: .domain(.start(uuid: move.uuid, name: move.name)),
                requires: [journey.lastID].compactMap(\.self), after: bootsBefore(on: move.to)))
        add(readyStep(instance, on: move.to, uuid: move.uuid, name: move.name))
        if let update = updates[instance.name], update.isEmpty, forgetsSettings(instance, owned) {
            let work = UpdateWork(instance: instance, owned: owned, update: update)
            let record = DomainUpdate(uuid: move.uuid, name: move.name, action: .record(recorded(work)))
            add(
                Step(
                    id: StepID("\(move.to)/instance/\(instance.name)/record"), node: move.to, object: object,
                    operation: .update(record), requires: [start]))
        }
        changes.append(
            Change(
                .start, object, reason: "the spec says power: on, and it is not running", position: instance.position))
    }

    /// The addresses that the source's networks keep for an instance that has left.
    private mutating func release(_ move: InstanceMove, after step: StepID?) {
        guard let macs = owned[move.instance].map({ Set($0.mark.nics.values.map(\.mac)) }) else { return }
        for network in answered[move.from]?.networks ?? [] where network.mark?.cluster == identity {
            guard let mark = network.mark, mark.uuid == network.uuid else { continue }
            let theirs = network.reservations.filter { macs.contains($0.mac) }
            guard !theirs.isEmpty else { continue }
            add(
                Step(
                    id: StepID("\(move.from)/network/\(mark.network)/release/\(move.instance)"), node: move.from,
                    object: ObjectReference(.network, mark.network.text, on: move.from),
                    operation: .network(
                        .updateReservations(uuid: network.uuid, name: network.name, add: [], remove: theirs)),
                    requires: [step].compactMap(\.self)))
        }
    }

    /// Steps that a deletion waits for because half of the instance is on another node; nil where it must not begin.
    mutating func endMoveForDeletion(_ owned: OwnedDomain) -> [StepID]? {
        let instance = owned.mark.instance
        let object = ObjectReference(.instance, instance.text, on: owned.node)
        if frozen[instance] != nil {
            showFrozen(instance, owned, .delete)
            untouchable.insert(instance)
            return nil
        }
        guard let arrival = arrivals[instance] else { return [] }
        let end = arrival.move.otherEnd(than: owned.node)
        switch arrival.otherEnd {
        case .lost: return []
        case .silent:
            changes.append(
                Change(
                    .delete, object, reason: "a move of it is unfinished",
                    blocked: "\(end) does not answer and may hold files of it"))
            untouchable.insert(instance)
            return nil
        case .answers:
            let move = travelling(owned, arrival.move, isLive: false)
            var earlier: [StepID] = []
            if arrival.isFetching {
                let resume = Step(
                    id: StepID("\(end)/instance/\(instance)/move-resume"), node: end,
                    object: ObjectReference(.instance, instance.text, on: end),
                    operation: .move(MoveStep(.resume, of: travelling(owned, arrival.move, isLive: true))),
                    requires: [openingRoster(end)])
                add(resume)
                earlier = [resume.id]
            }
            let stage = arrival.isComplete ? InstanceMove.Stage.leave : .discard
            let step = Step(
                id: StepID("\(end)/instance/\(instance)/move-\(stage.rawValue)"), node: end,
                object: ObjectReference(.instance, instance.text, on: end), operation: .move(MoveStep(stage, of: move)),
                requires: [openingRoster(end)] + earlier)
            add(step)
            if arrival.isComplete { release(move, after: step.id) }
            return [step.id]
        }
    }
}

/// The stages of one instance's move in turn, after everything else that the plan does to it.
private struct Journey {
    private let instance: Name
    private let node: Name
    private let fingerprint: String
    private var earlier: [StepID]
    private(set) var lastID: StepID?

    init(draft: Draft, instance: Name, _ owned: OwnedDomain) {
        self.instance = instance
        node = owned.node
        fingerprint = owned.domain.fingerprint
        earlier = draft.domainSteps[Location(node: owned.node, what: owned.domain.uuid.text)] ?? []
    }

    /// The next stage; only the first that touches what the plan saw is held against it.
    mutating func next(_ stage: InstanceMove.Stage, _ move: InstanceMove) -> Step {
        let place = move.node(of: stage)
        var step = last(
            StepID("\(place)/instance/\(instance)/move-\(stage.rawValue)"), .move(MoveStep(stage, of: move)), on: place)
        // Stages that change a mark look at its fingerprint; before the first of them nothing has changed it.
        let changesMark = stage == .begin || stage == .finish || stage == .forget
        if changesMark, place == node, !isChanged { step.expectation = .unchanged(fingerprint: fingerprint) }
        // The two that find the guest at its destination write that into its mark there.
        if changesMark || stage == .leave || stage == .resume { isChanged = true }
        return step
    }

    /// A step after all before it.
    mutating func last(_ id: StepID, _ operation: Operation, on place: Name? = nil) -> Step {
        let step = Step(
            id: id, node: place ?? node, object: ObjectReference(.instance, instance.text, on: place ?? node),
            operation: operation, requires: lastID.map { [$0] } ?? earlier)
        if lastID == nil, !earlier.isEmpty { isChanged = true }
        lastID = id
        return step
    }

    private var isChanged = false
}
