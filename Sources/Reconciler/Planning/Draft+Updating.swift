import Spec

extension Draft {
    /// Plans what an instance that is there needs, and says whether that starts it again.
    ///
    /// What the guest may refuse comes first, then the definition, then what it leads to, then what runs; that all of it
    /// was done is noted last, before a reboot, which shows by itself whether it happened.
    mutating func planUpdate(_ instance: Instance, _ owned: OwnedDomain, _ chain: inout Chain) -> Bool {
        guard let update = updates[instance.name] else { return false }
        show(update, instance, owned)
        guard !update.isEmpty else { return false }
        let work = UpdateWork(instance: instance, owned: owned, update: update)
        for item in update.settled { moveDisk(item.stage, item.move, work, &chain) }
        if let attempt = update.attempt { return planAttempt(work, attempt, &chain) }
        if update.replacesRoot {
            beginReplacing(work, &chain)
        } else {
            for item in update.first { add(work.step(item.id, item.action, &chain)) }
        }
        edit(work, &chain)
        if update.isRenamedNow { rename(work, &chain) }
        makeVolumes(work, &chain)
        // Before anything is plugged in: growing a partition waits for the guest to know all its devices.
        for growth in update.growths { add(work.step("grow/\(growth.disk)", .growDisk(growth), &chain)) }
        if !update.replacesRoot { changeRunning(work, &chain) }
        if let seed = update.seed, !update.replacesRoot { writeSeed(work, isNewMachine: seed == .newMachine, &chain) }
        if !update.guestNICs.isEmpty, !update.isDisruptive {
            add(work.step("configure-nics", .configureNICs(update.guestNICs), &chain))
        }
        for move in update.diskMoves {
            for stage in [DiskMove.Stage.begin, .copy, .leave] { moveDisk(stage, move, work, &chain) }
        }
        release(work, &chain)
        add(work.step("record", .record(recorded(work)), &chain))
        guard update.isDisruptive, instance.power == .on || owned.domain.power == .running else { return false }
        restart(work, &chain)
        return true
    }

    private mutating func show(_ update: InstanceUpdate, _ instance: Instance, _ owned: OwnedDomain) {
        let object = ObjectReference(.instance, instance.name.text, on: owned.node)
        if !update.isEmpty {
            var details = update.settledDetails
            if update.replacesRoot {
                let isKept = update.attempt != nil
                details.append(
                    "its root disk is made anew: "
                        + (isKept ? "the old one goes when the new one proved good" : "what is on it is lost"))
            }
            details += update.details
            if update.reboots, !update.replacesRoot { details.append("it is rebooted") }
            if let name = update.domainName, update.isDisruptive, !update.isRenamedNow, update.attempt == nil {
                details.append("its domain is called \(name) from then on")
            }
            let isWaiting = update.fields.isEmpty && update.reboots
            changes.append(
                Change(
                    update.replacesRoot ? .replace : .update, object,
                    reason: isWaiting ? "it waits for a reboot" : "it differs from the spec", fields: update.fields,
                    details: details, position: instance.position))
        }
        for (why, fields) in Dictionary(grouping: update.blocked, by: \.why).sorted(by: { $0.key < $1.key }) {
            changes.append(
                Change(
                    .update, object, reason: "it differs from the spec", fields: fields.map(\.field),
                    blocked: why, position: instance.position))
        }
        var waiting = update.waiting
        if let name = update.domainName, !update.isRenamedNow, !update.isDisruptive || update.attempt != nil,
            instance.power != .off
        {
            waiting.append("its domain's new name \(name)")
        }
        if !waiting.isEmpty {
            note(about: [object], "\(object) waits for its next boot to get \(waiting.joined(separator: ", "))")
        }
    }

    /// Says that the root disk goes, stops the guest, and makes the disk anew from the image.
    private mutating func beginReplacing(_ work: UpdateWork, _ chain: inout Chain) {
        let owned = work.owned
        guard let root = owned.domain.definedDisks.first(where: { $0.name == "root" }) else { return }
        let path = work.update.settledPath(of: root)
        var mark = work.owned.mark
        mark.diskWays = work.update.mark.diskWays
        mark.phase = .replacing
        mark.wasReady = false
        var begin = work.step("replace", .edit(DomainEdit(items: [], mark: mark)), &chain)
        let backing = baseImagePath(of: work.instance, on: owned.node)
        // The image is there before the old disk goes.
        begin.requires += backing.flatMap { imageSteps[Location(node: owned.node, what: $0)] }.map { [$0] } ?? []
        begin.requires += rollGate(work.instance)
        add(begin)
        if owned.domain.power != .shutOff {
            add(work.step("stop-for-replace", stop(work), &chain))
        }
        add(work.step("delete-root", .storage(.deleteVolume(path: path, of: owned.domain.uuid)), &chain))
        add(
            work.step(
                "volume/root",
                .storage(
                    .createVolume(
                        VolumeDefinition(
                            path: path, capacity: work.instance.disk, backingPath: backing, owner: owned.domain.uuid))),
                &chain))
        writeSeed(work, isNewMachine: true, &chain)
    }

    func stop(_ work: UpdateWork) -> DomainUpdate.Action {
        .stop(timeout: work.instance.changes.stop.timeout, force: work.instance.changes.stop.force)
    }

    mutating func edit(_ work: UpdateWork, _ chain: inout Chain) {
        let update = work.update
        var items = update.items
        if update.seed == .newMachine {
            items.append(.seed(revision: revision(work, isNewMachine: true)))
        }
        var mark = update.mark
        mark.phase = .active
        guard !items.isEmpty || mark != update.before || update.replacesRoot else { return }
        var step = work.step("edit", .edit(DomainEdit(items: items, mark: mark)), &chain)
        if items.contains(where: \.isOnRecord) || mark.nics != work.owned.mark.nics
            || mark.instance != work.owned.mark.instance
        {
            step.requires.append(openingRoster(work.owned.node))
        }
        // A definition names no file whose folder cannot be had.
        step.requires += Draft.unique(
            update.volumes.compactMap { poolSteps[Location(node: work.owned.node, what: $0.folder)] })
        add(step)
    }

    mutating func makeVolumes(_ work: UpdateWork, _ chain: inout Chain) {
        for item in work.update.volumes {
            var step = work.step("volume/\(item.disk)", .storage(.createVolume(item.volume)), &chain)
            if let pool = poolSteps[Location(node: work.owned.node, what: item.folder)] { step.requires.append(pool) }
            add(step)
        }
    }

    /// Has the domain, which is off by now, take the instance's name.
    private mutating func rename(_ work: UpdateWork, _ chain: inout Chain) {
        guard let name = work.update.domainName else { return }
        add(work.step("rename", .rename(to: name), &chain))
    }

    private mutating func moveDisk(
        _ stage: DiskMove.Stage, _ move: DiskMove, _ work: UpdateWork, _ chain: inout Chain
    ) {
        var step = work.step("disk-\(stage.rawValue)/\(move.disk)\(move.way.to)", .moveDisk(stage, move), &chain)
        if stage == .copy {
            let node = work.owned.node
            step.requires += [move.way.to.folder].compactMap { poolSteps[Location(node: node, what: $0)] }
            step.requires += [move.backingPath].compactMap(\.self).compactMap {
                imageSteps[Location(node: node, what: $0)]
            }
        }
        add(step)
    }

    mutating func changeRunning(_ work: UpdateWork, _ chain: inout Chain) {
        for item in work.update.live {
            var step = work.step(item.id, item.action, &chain)
            switch item.action {
            case .plugNIC, .moveNIC:
                step.requires += work.update.networks.sorted().flatMap {
                    networkSteps[Location(node: work.owned.node, what: $0.text)] ?? []
                }
            default: break
            }
            add(step)
        }
    }

    mutating func writeSeed(_ work: UpdateWork, isNewMachine: Bool, _ chain: inout Chain) {
        let defined = work.owned.domain.definedDisks.first { $0.name == "seed" }.map(work.update.settledPath)
        guard let path = defined ?? work.update.disks?["seed"] else { return }
        var definition = seedDefinition(of: work.instance, path: path, uuid: work.owned.domain.uuid)
        let text = revision(work, isNewMachine: isNewMachine)
        definition.revision = text
        add(work.step("seed", .storage(.writeSeed(definition)), &chain))
    }

    /// A word for the content that cloud-init would take for another machine's; the old one where it stays.
    func revision(_ work: UpdateWork, isNewMachine: Bool) -> String {
        let old = work.owned.domain.definedDisks.first { $0.name == "seed" }?.serial ?? ""
        guard isNewMachine else { return old }
        let fields = work.instance.fields(inputs: inputs)
        let text = InstanceField.paths(.firstBoot, .replace)
            .map { "\($0)=\(fields[$0] ?? "")" }.joined(separator: "\n")
        return String(StableHash.digest("\(old)\n\(text)").prefix(16))
    }

    /// What the mark remembers afterwards: what is ignored or could not be changed stays as it was.
    func recorded(_ work: UpdateWork) -> [String: String] {
        var fields = work.instance.fields(inputs: inputs)
        let old = work.owned.mark.applied
        let policy = work.instance.changes
        func keep(_ path: String) { fields[path] = old[path] }
        for path in Set(fields.keys).union(old.keys) where policy.ignores(path) { keep(path) }
        for path in work.update.blocked.map(\.field.path) { keep(path) }
        if stopReasons[work.instance.name] != nil { keep("power") }
        if policy.image == .ignore { keep("image") }
        if fields["image"] == nil { keep("image") }
        if policy.firstBoot == .ignore {
            for path in InstanceField.paths(.firstBoot) where old[path] != nil { keep(path) }
        }
        return fields
    }

    mutating func release(_ work: UpdateWork, _ chain: inout Chain) {
        for (network, items) in Dictionary(grouping: work.update.released, by: \.network).sorted(by: { $0.key < $1.key }
        ) {
            guard let node = answered[work.owned.node], let there = ownedNetwork(network, on: node) else { continue }
            var step = work.step(
                "release/\(network)",
                .network(
                    .updateReservations(uuid: there.uuid, name: there.name, add: [], remove: items.map(\.reservation))),
                &chain)
            step.expectation = .none
            step.object = ObjectReference(.network, network.text, on: work.owned.node)
            step.after = networkSteps[Location(node: work.owned.node, what: network.text)] ?? []
            add(step)
        }
    }

    private mutating func restart(_ work: UpdateWork, _ chain: inout Chain) {
        let owned = work.owned
        if !work.update.replacesRoot {
            var stop = work.step("stop-for-reboot", stop(work), &chain)
            stop.requires += rollGate(work.instance)
            add(stop)
        }
        if work.update.domainName != nil, !work.update.isRenamedNow { rename(work, &chain) }
        add(startStep(work, &chain))
        let ready = readyStep(work.instance, on: owned.node, uuid: owned.domain.uuid, name: owned.domain.name)
        add(ready)
        noteRolling(work.instance, ready.id)
    }

    /// The start of an instance that was stopped for its change.
    func startStep(_ work: UpdateWork, _ chain: inout Chain) -> Step {
        let owned = work.owned
        let networks = work.instance.nics.flatMap {
            networkSteps[Location(node: owned.node, what: $0.network.text)] ?? []
        }
        var start = work.step("start", .domain(.start(uuid: owned.domain.uuid, name: owned.domain.name)), &chain)
        start.requires += Draft.unique(networks)
        start.after = bootsBefore(on: owned.node)
        return start
    }

    /// What must have come back before a member of a group may go away.
    func rollGate(_ instance: Instance) -> [StepID] {
        guard let group = instance.group, let rolled = rolling[group] else { return [] }
        let window = max(1, instance.changes.maxUnavailable)
        return rolled.count < window ? [] : [rolled[rolled.count - window]]
    }

    /// Notes that a member of a group is away until a step has succeeded.
    mutating func noteRolling(_ instance: Instance, _ ready: StepID) {
        guard let group = instance.group else { return }
        rolling[group, default: []].append(ready)
    }
}

extension DomainEdit.Item {
    /// Whether the roster tells of it.
    var isOnRecord: Bool {
        switch self {
        case .disk, .removeDisk, .seedDisk, .nic, .removeNIC: true
        case .vcpus, .memory, .machine, .seed: false
        }
    }
}
