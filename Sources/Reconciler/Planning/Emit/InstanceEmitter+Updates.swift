import Spec

extension InstanceEmitter {
    /// Plans what an instance that is there needs, and says whether that starts it again.
    ///
    /// What the guest may refuse comes first, then the definition, then what it leads to, then what runs; that all of it
    /// was done is noted last, before a reboot, which shows by itself whether it happened.
    mutating func planUpdate(_ instance: Instance, _ owned: OwnedDomain, _ steps: inout DomainSteps) -> Bool {
        guard let update = updates[instance.name]?.update else { return false }
        show(update, instance, owned)
        guard !update.isEmpty else { return false }
        let work = UpdateWork(instance: instance, owned: owned, update: update)
        for item in update.unfinishedDiskMoves { moveDisk(item.stage, item.move, work, &steps) }
        if let trial = update.trial { return planTrial(work, trial, &steps) }
        if update.replacesRoot {
            beginReplacing(work, &steps)
        } else {
            for item in update.first { add(work.step(item.id, item.action, &steps)) }
        }
        edit(work, &steps)
        if update.isRenamedNow { rename(work, &steps) }
        makeVolumes(work, &steps)
        // Before anything is plugged in: growing a partition waits for the guest to know all its devices.
        for growth in update.growths { add(work.step("grow/\(growth.disk)", .growDisk(growth), &steps)) }
        if !update.replacesRoot { changeRunning(work, &steps) }
        if let seed = update.seed, !update.replacesRoot { writeSeed(work, isNewMachine: seed == .newMachine, &steps) }
        if !update.guestNICs.isEmpty, !update.isDisruptive {
            add(work.step("configure-nics", .configureNICs(update.guestNICs), &steps))
        }
        for move in update.diskMoves {
            for stage in [DiskMove.Stage.begin, .copy, .leave] { moveDisk(stage, move, work, &steps) }
        }
        release(work, &steps)
        add(work.step("record", .record(recorded(work)), &steps), as: .recorded(instance.name))
        guard update.isDisruptive, wantedPower(of: instance) != .off,
            wantedPower(of: instance) == .on || owned.domain.power == .running || wasLeftPaused(owned)
        else { return false }
        restart(work, &steps)
        return true
    }

    private mutating func show(_ update: InstanceUpdate, _ instance: Instance, _ owned: OwnedDomain) {
        let object = ObjectReference(.instance, instance.name.text, on: owned.node)
        if !update.isEmpty {
            var details = update.unfinishedDetails
            if update.replacesRoot {
                let isKept = update.trial != nil
                details.append(
                    "its root disk is replaced: "
                        + (isKept ? "the old one is deleted when the new one is verified" : "its data is discarded"))
            }
            details += update.details
            if update.reboots, !update.replacesRoot { details.append("it is rebooted") }
            if let name = update.domainName, update.isDisruptive, !update.isRenamedNow, update.trial == nil {
                details.append("its domain is then renamed to \(name)")
            }
            let isWaiting = update.fields.isEmpty && update.reboots
            graph.findings.changes.append(
                Change(
                    update.replacesRoot ? .replace : .update, object,
                    reason: isWaiting ? "it waits for a reboot" : "it differs from the spec", fields: update.fields,
                    details: details, position: instance.position))
        }
        for (why, fields) in Dictionary(grouping: update.blocked, by: \.why).sorted(by: { $0.key < $1.key }) {
            graph.findings.changes.append(
                Change(
                    .update, object, reason: "it differs from the spec", fields: fields.map(\.field),
                    blocked: why, position: instance.position))
        }
        var waiting = update.waiting
        if let name = update.domainName, !update.isRenamedNow, !update.isDisruptive || update.trial != nil,
            wantedPower(of: instance) != .off
        {
            waiting.append("the domain name \(name)")
        }
        if !waiting.isEmpty {
            graph.findings.note(
                about: [object], "\(object) has changes pending until its next boot: \(waiting.joined(separator: ", "))"
            )
        }
    }

    /// Says that the root disk goes, stops the guest, and makes the disk anew from the image.
    private mutating func beginReplacing(_ work: UpdateWork, _ steps: inout DomainSteps) {
        let owned = work.owned
        guard let root = owned.domain.definedDisk("root") else { return }
        let path = work.update.currentPath(of: root)
        var mark = work.owned.mark
        mark.diskPaths = work.update.mark.diskPaths
        mark.phase = .replacing
        mark.wasReady = false
        var begin = editStep("replace", DomainEdit(items: [], mark: mark), work, &steps)
        let backing = baseImagePath(of: work.instance, on: owned.node)
        // The image is there before the old disk goes.
        if let backing { begin.requires.append(.image(Location(node: owned.node, what: backing))) }
        begin.requires += graph.takeTurn(work.instance, .boots)
        add(begin)
        graph.noteInterruption(of: work.instance.name, by: begin.id)
        if owned.domain.power != .shutOff {
            add(work.step("stop-for-replace", stop(work), &steps))
        }
        add(work.step("delete-root", .storage(.deleteVolume(path: path, of: owned.domain.uuid)), &steps))
        add(
            work.step(
                "volume/root",
                .storage(
                    .createVolume(
                        VolumeDefinition(
                            path: path, capacity: work.instance.disk, backingPath: backing, owner: owned.domain.uuid))),
                &steps))
        writeSeed(work, isNewMachine: true, &steps)
    }

    func stop(_ work: UpdateWork) -> DomainUpdate.Action {
        .stop(timeout: work.instance.changes.stop.timeout, force: work.instance.changes.stop.force)
    }

    mutating func edit(_ work: UpdateWork, _ steps: inout DomainSteps) {
        let update = work.update
        var items = update.items
        if update.seed == .newMachine {
            items.append(.seed(revision: revision(work, isNewMachine: true)))
        }
        var mark = update.mark
        mark.phase = .active
        guard !items.isEmpty || mark != update.before || update.replacesRoot else { return }
        var step = editStep("edit", DomainEdit(items: items, mark: mark), work, &steps)
        if items.contains(where: \.isOnRecord) || mark.nics != work.owned.mark.nics
            || mark.instance != work.owned.mark.instance
        {
            step.requires.append(.roster(.opening, on: work.owned.node))
        }
        // A definition names no file whose folder cannot be had.
        step.requires += update.volumes.map { .pool(Location(node: work.owned.node, what: $0.folder)) }
        add(step, as: update.replacesRoot ? .rebased(work.instance.name) : nil)
    }

    /// An edit of the definition, which may take a disk or a name away from the instance.
    func editStep(_ id: String, _ edit: DomainEdit, _ work: UpdateWork, _ steps: inout DomainSteps) -> PlannedStep {
        var step = work.step(id, .edit(edit), &steps)
        step.record = isOnRecord(edit) ? [.isOnRecord, .leavesOut] : .leavesOut
        return step
    }

    /// Whether an edit changes what the roster tells of an instance.
    private func isOnRecord(_ edit: DomainEdit) -> Bool {
        if edit.items.contains(where: \.isOnRecord) { return true }
        guard let old = owned[edit.mark.instance]?.mark else { return true }
        return old.nics != edit.mark.nics || old.instance != edit.mark.instance || old.part != edit.mark.part
    }

    mutating func makeVolumes(_ work: UpdateWork, _ steps: inout DomainSteps) {
        for item in work.update.volumes {
            var step = work.step("volume/\(item.disk)", .storage(.createVolume(item.volume)), &steps)
            step.requires.append(.pool(Location(node: work.owned.node, what: item.folder)))
            add(step)
        }
    }

    /// Has the domain, which is off by now, take the instance's name.
    private mutating func rename(_ work: UpdateWork, _ steps: inout DomainSteps) {
        guard let name = work.update.domainName else { return }
        add(work.step("rename", .rename(to: name), &steps))
    }

    private mutating func moveDisk(
        _ stage: DiskMove.Stage, _ move: DiskMove, _ work: UpdateWork, _ steps: inout DomainSteps
    ) {
        var step = work.step("disk-\(stage.rawValue)/\(move.disk)\(move.paths.to)", .moveDisk(stage, move), &steps)
        if stage == .copy {
            let node = work.owned.node
            step.requires.append(.pool(Location(node: node, what: move.paths.to.folder)))
            if let path = move.backingPath { step.requires.append(.image(Location(node: node, what: path))) }
            step.record = [.isOnRecord, .leavesOut]
        }
        add(step)
    }

    mutating func changeRunning(_ work: UpdateWork, _ steps: inout DomainSteps) {
        for item in work.update.live {
            var step = work.step(item.id, item.action, &steps)
            switch item.action {
            case .plugNIC, .moveNIC:
                step.requires += work.update.networks.sorted().map {
                    .network(Location(node: work.owned.node, what: $0.text))
                }
            default: break
            }
            add(step)
        }
    }

    mutating func writeSeed(_ work: UpdateWork, isNewMachine: Bool, _ steps: inout DomainSteps) {
        let defined = work.owned.domain.definedDisk("seed").map(work.update.currentPath)
        guard let path = defined ?? work.update.disks?["seed"] else { return }
        var definition = seedDefinition(of: work.instance, path: path, uuid: work.owned.domain.uuid)
        let text = revision(work, isNewMachine: isNewMachine)
        definition.revision = text
        add(work.step("seed", .storage(.writeSeed(definition)), &steps))
    }

    mutating func release(_ work: UpdateWork, _ steps: inout DomainSteps) {
        for (network, items) in Dictionary(grouping: work.update.released, by: \.network).sorted(by: { $0.key < $1.key }
        ) {
            guard let node = answered[work.owned.node], let there = ownedNetwork(network, on: node) else { continue }
            var step = work.step(
                "release/\(network)",
                .network(
                    .updateReservations(uuid: there.uuid, name: there.name, add: [], remove: items.map(\.reservation))),
                &steps)
            step.expectation = .none
            step.object = ObjectReference(.network, network.text, on: work.owned.node)
            step.after = [.network(Location(node: work.owned.node, what: network.text))]
            add(step)
        }
    }

    private mutating func restart(_ work: UpdateWork, _ steps: inout DomainSteps) {
        let owned = work.owned
        if !work.update.replacesRoot {
            var stop = work.step("stop-for-reboot", stop(work), &steps)
            stop.requires += graph.takeTurn(work.instance, .boots)
            add(stop)
            graph.noteInterruption(of: work.instance.name, by: stop.id)
        }
        if work.update.domainName != nil, !work.update.isRenamedNow { rename(work, &steps) }
        let start = startStep(work, &steps)
        add(start)
        add(
            readyStep(
                work.instance, on: owned.node, uuid: owned.domain.uuid, name: owned.domain.name, after: start.id))
    }

    /// The start of an instance that was stopped for its change.
    func startStep(_ work: UpdateWork, _ steps: inout DomainSteps) -> PlannedStep {
        let owned = work.owned
        var start = work.step("start", .domain(.start(uuid: owned.domain.uuid, name: owned.domain.name)), &steps)
        start.requires += work.instance.nics.map { .network(Location(node: owned.node, what: $0.network.text)) }
        start.requires += footing(of: owned)
        start.after = bootsBefore(work.instance.name, on: owned.node)
        return start
    }
}

extension DomainEdit.Item {
    /// Whether the roster tells of it.
    var isOnRecord: Bool {
        switch self {
        case .disk, .removeDisk, .seedDisk, .nic, .removeNIC: true
        case .vcpus, .memory, .machine, .diskOptions, .seed, .ownTap: false
        }
    }
}
