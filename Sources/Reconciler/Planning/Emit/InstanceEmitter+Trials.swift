import Spec

extension InstanceEmitter {
    /// Plans a risky change that can be rolled back, and says whether that starts the instance again.
    ///
    /// What is not risky comes first and stays. Then: the mark says what is tried; the guest stops; its disks are kept as
    /// they are; disk and seed that are made anew get files of their own, so that the old ones stay; the definition
    /// changes; the guest starts; and it is verified, or goes back. The last of these runs however the others ended.
    mutating func planTrial(_ work: UpdateWork, _ trial: ChangeTrial, _ steps: inout DomainSteps) -> Bool {
        let owned = work.owned
        let plain = work.withoutRisk
        var keptMark = plain.update.mark
        keptMark.phase = .active
        if !plain.update.isEmpty { keptMark.applied = planPlain(plain, trial, &steps) }

        keptMark.trial = trial
        var begin = editStep("try", DomainEdit(items: [], mark: keptMark), work, &steps)
        let backing = work.update.replacesRoot ? baseImagePath(of: work.instance, on: owned.node) : nil
        // The image is there before the guest stops.
        if let backing { begin.requires.append(.image(Location(node: owned.node, what: backing))) }
        begin.requires += graph.takeTurn(work.instance, .boots)
        add(begin)
        graph.noteInterruption(of: work.instance.name, by: begin.id)
        let first = graph.steps.count
        if owned.domain.power != .shutOff { add(work.step("try/stop", stop(work), &steps)) }
        add(work.step("try/keep", .keepState, &steps))
        makeNewFiles(work, trial, backing, &steps)

        var mark = work.update.mark
        mark.phase = .active
        mark.wasReady = false
        mark.applied = keptMark.applied
        mark.trial = trial
        mark.trial?.stage = .made
        var edit = editStep("try/edit", DomainEdit(items: riskyItems(work, trial), mark: mark), work, &steps)
        if !trial.newFiles.isEmpty { edit.requires.append(.roster(.opening, on: owned.node)) }
        add(edit, as: .rebased(work.instance.name))
        add(work.step("try/record", .record(recorded(work)), &steps))
        let power = wantedPower(of: work.instance)
        let runs =
            power == .on || power == .keep && (owned.domain.power == .running || owned.domain.power == .paused)
        guard runs else { return false }
        add(startStep(work, &steps))
        let ready = readyStep(
            work.instance, on: owned.node, uuid: owned.domain.uuid, name: owned.domain.name, after: nil)
        add(
            verification(
                ready, of: owned, files: trial.oldFiles.values.sorted(), requires: [begin.id],
                after: graph.steps[first...].map(\.id)))
        return true
    }

    /// What changes without risk, while everything runs; returns what the mark remembers as applied then.
    private mutating func planPlain(
        _ work: UpdateWork, _ trial: ChangeTrial, _ steps: inout DomainSteps
    ) -> [String: String] {
        edit(work, &steps)
        makeVolumes(work, &steps)
        for growth in work.update.growths { add(work.step("grow/\(growth.disk)", .growDisk(growth), &steps)) }
        changeRunning(work, &steps)
        if let seed = work.update.seed { writeSeed(work, isNewMachine: seed == .newMachine, &steps) }
        if !work.update.guestNICs.isEmpty {
            add(work.step("configure-nics", .configureNICs(work.update.guestNICs), &steps))
        }
        release(work, &steps)
        var fields = recorded(work)
        // What comes with the boot is not there yet.
        for path in trial.target.keys + InstanceField.paths(.amount, .boot) {
            fields[path] = work.update.mark.applied[path]
        }
        add(work.step("record", .record(fields), &steps))
        return fields
    }

    private mutating func makeNewFiles(
        _ work: UpdateWork, _ trial: ChangeTrial, _ backing: String?, _ steps: inout DomainSteps
    ) {
        if let path = trial.newFiles["root"] {
            let volume = VolumeDefinition(
                path: path, capacity: work.instance.disk, backingPath: backing, owner: work.owned.domain.uuid)
            add(work.step("try/root", .storage(.createVolume(volume)), &steps))
        }
        if let path = trial.newFiles["seed"] {
            var seed = seedDefinition(of: work.instance, path: path, uuid: work.owned.domain.uuid)
            seed.revision = revision(work, isNewMachine: true)
            add(work.step("try/seed", .storage(.writeSeed(seed)), &steps))
        }
    }

    private func riskyItems(_ work: UpdateWork, _ trial: ChangeTrial) -> [DomainEdit.Item] {
        var items = work.update.items.filter(\.needsBoot)
        let paths = Set(trial.target.keys)
        // Where an earlier edit waits for its boot, what runs was put back first.
        if paths.contains("vcpus"), !items.contains(where: { if case .vcpus = $0 { true } else { false } }) {
            items.append(.vcpus(work.instance.vcpus))
        }
        if paths.contains("memory"), !items.contains(where: { if case .memory = $0 { true } else { false } }) {
            items.append(.memory(work.instance.memory))
        }
        for field in InstanceField.ofMachine
        where paths.contains(field.path) && !items.contains(where: { $0.sets(field) }) {
            items.append(.machine(field: field.path, value: work.instance.machine[field.path]))
        }
        for (name, path) in trial.newFiles.sorted(by: { $0.key < $1.key }) {
            items.append(.disk(DomainDefinition.Disk(name: name, path: path, serial: nil)))
        }
        if trial.newFiles["seed"] != nil { items.append(.seed(revision: revision(work, isNewMachine: true))) }
        return items
    }

    /// The wait for an instance to be ready, with what follows where it does or does not.
    private func verification(
        _ ready: PlannedStep, of owned: OwnedDomain, files: [String], requires: [StepID], after: [StepID]
    ) -> PlannedStep {
        guard case .domain(.awaitReady(let check)) = ready.operation else { return ready }
        var step = ready
        step.operation = .update(
            DomainUpdate(uuid: owned.domain.uuid, name: owned.domain.name, action: .verify(check, files: files)))
        step.requires = requires.map(Requirement.step)
        step.after = after.map(Requirement.step)
        return step
    }

    /// The wait for an instance that is there to be ready, which verifies an earlier run's change, or not.
    func readyStep(_ instance: Instance, _ owned: OwnedDomain, after last: StepID?) -> PlannedStep {
        let step = readyStep(
            instance, on: owned.node, uuid: owned.domain.uuid, name: owned.domain.name, after: last)
        guard owned.mark.trial?.stage == .made else { return step }
        return verification(
            step, of: owned, files: owned.domain.spareFiles, requires: [], after: [last].compactMap(\.self))
    }

    /// Clears away what an earlier trial left.
    mutating func clearTrial(_ instance: Instance, _ owned: OwnedDomain, _ steps: inout DomainSteps) {
        guard owned.domain.hasTrialToClear else { return }
        let object = ObjectReference(.instance, instance.name.text, on: owned.node)
        let files = owned.domain.spareFiles
        let step = steps.next(
            StepID("\(owned.node)/instance/\(instance.name)/settle"), on: owned.node, object,
            .update(
                DomainUpdate(uuid: owned.domain.uuid, name: owned.domain.name, action: .clearTrial(files: files))))
        add(step)
        graph.findings.changes.append(
            Change(
                .update, object, reason: "an earlier run left the rollback state of a change",
                details: files.filter { answered[owned.node]?.volumes[$0] != nil },
                position: instance.position))
    }
}

extension UpdateWork {
    /// The same without what reaches the guest by a boot only.
    fileprivate var withoutRisk: UpdateWork {
        var update = update
        update.mark.baseImage = owned.mark.baseImage
        update.mark.wasReady = owned.mark.wasReady
        update.reboots = false
        update.replacesRoot = false
        update.items.removeAll(where: \.needsBoot)
        if let running = owned.domain.running, let trial = update.trial {
            // An edit that waits for its boot is tried as well: until then the definition is what runs.
            let paths = Set(trial.target.keys)
            if paths.contains("vcpus"), running.vcpus != owned.domain.vcpus {
                update.items.append(.vcpus(running.vcpus))
            }
            if paths.contains("memory"), running.memory != owned.domain.memory {
                update.items.append(.memory(running.memory))
            }
            for field in InstanceField.ofMachine where paths.contains(field.path) {
                guard let live = running.machine[field.path], let defined = owned.domain.machine[field.path],
                    live != defined, defined != field.nodesWord
                else { continue }
                update.items.append(.machine(field: field.path, value: live))
            }
        }
        update.first.removeAll { if case .setMemory = $0.action { true } else { false } }
        update.live.removeAll { if case .setVCPUs = $0.action { true } else { false } }
        if update.seed == .newMachine { update.seed = nil }
        return UpdateWork(instance: instance, owned: owned, update: update)
    }
}

extension DomainEdit.Item {
    /// Whether it is a field's new value.
    fileprivate func sets(_ field: InstanceField) -> Bool {
        if case .machine(field: field.path, value: _) = self { true } else { false }
    }

    /// Whether it is of those that go together with a boot.
    fileprivate var needsBoot: Bool {
        switch self {
        case .vcpus, .memory, .machine, .diskOptions, .seed: true
        case .disk, .removeDisk, .seedDisk, .nic, .removeNIC, .ownTap: false
        }
    }
}
