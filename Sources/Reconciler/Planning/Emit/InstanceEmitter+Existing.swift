import Spec

extension InstanceEmitter {
    /// Brings instances that are there to what the spec says of power, autostart, protect and readiness, finishes what
    /// an earlier run began, and shows what cannot be changed yet.
    mutating func planExistingInstances() {
        noteAway()
        for instance in order.inTurn(existing) {
            guard let owned = owned[instance.name] else { continue }
            if owned.mark.phase == .creating {
                resume(instance, owned)
                continue
            }
            guard awaitingMigration[instance.name] == nil else {
                graph.findings.changes.append(waitingChange(instance.name, owned, .update))
                continue
            }
            var steps = DomainSteps(fingerprint: owned.domain.fingerprint)
            let isPaused = isToGoOn(instance, owned)
            let isResumed = isPaused && planStart(instance, owned, &steps)
            if !owned.domain.isPersistent { persist(instance, owned, &steps) }
            clearTrial(instance, owned, &steps)
            planSettings(instance, owned, &steps)
            let isRestarted = planUpdate(instance, owned, &steps)
            if isResumed, !isRestarted { add(readyStep(instance, owned, after: steps.last)) }
            if !isRestarted, !isPaused, !startsElsewhere(instance, owned) { planPower(instance, owned, &steps) }
            if !startsElsewhere(instance, owned) { recordSettings(instance, owned, &steps) }
        }
    }

    /// Whether it is paused and is not to be: it goes on first, since most of what is changed in a guest needs it to run.
    private func isToGoOn(_ instance: Instance, _ owned: OwnedDomain) -> Bool {
        guard owned.domain.power == .paused, !startsElsewhere(instance, owned) else { return false }
        switch wantedPower(of: instance) {
        // One that may not simply go on is shown as refused, or is rebooted by what changes.
        case .on: return owned.domain.standstill == nil || wasLeftPaused(owned)
        case .keep: return wasLeftPaused(owned)
        case .off: return false
        }
    }

    /// Members that run and were never seen ready are away already, whatever this plan does to others.
    private mutating func noteAway() {
        for instance in existing where instance.group != nil {
            guard let owned = owned[instance.name], owned.domain.power == .running, !owned.mark.wasReady,
                owned.mark.phase == .active, wantedPower(of: instance) != .off,
                updates[instance.name]?.update.isDisruptive != true
            else { continue }
            // One that moves is seen ready where it goes; of one that waits for a move's end, see `InstanceComparer`.
            guard awaitingMigration[instance.name] == nil else { continue }
            graph.noteAbsence(
                of: instance, until: .ready(instance.name, on: moves[instance.name]?.to ?? owned.node))
        }
    }

    /// A domain that was undefined while it ran is gone at its next stop; defining it again makes it stay.
    private mutating func persist(_ instance: Instance, _ owned: OwnedDomain, _ steps: inout DomainSteps) {
        let object = ObjectReference(.instance, instance.name.text, on: owned.node)
        guard !owned.mark.isAdopted else {
            graph.findings.changes.append(
                Change(
                    .update, object, reason: "it is running, but its definition was removed",
                    blocked: "kvmctl does not write the definition of an adopted instance; on \(owned.node), "
                        + "`virsh dumpxml \(owned.domain.name) > x.xml && virsh define x.xml` restores it",
                    position: instance.position, origin: .drift))
            return
        }
        var definition = definition(of: instance, on: owned.node, uuid: owned.domain.uuid, name: owned.domain.name)
        definition.mark = owned.mark
        definition.disks = definition.disks.map { disk in
            var disk = disk
            if let there = owned.domain.disks.first(where: { $0.name == disk.name }) { disk.path = there.path }
            return disk
        }
        // Those that it has; what is to be attached is looked at first.
        definition.givenDisks = definition.givenDisks.filter { disk in
            owned.domain.disks.contains { $0.given == disk.name && $0.path == disk.path }
        }
        var step = steps.next(
            StepID("\(owned.node)/instance/\(instance.name)/persist"), on: owned.node, object,
            .domain(.define(definition)))
        step.record = .isOnRecord
        add(step)
        graph.findings.changes.append(
            Change(
                .update, object, reason: "it is running, but its definition was removed",
                position: instance.position, origin: .drift))
    }

    private mutating func planSettings(_ instance: Instance, _ owned: OwnedDomain, _ steps: inout DomainSteps) {
        let object = ObjectReference(.instance, instance.name.text, on: owned.node)
        let prefix = "\(owned.node)/instance/\(instance.name)"
        var fields: [FieldChange] = []
        if owned.domain.isPersistent, owned.domain.autostart != instance.autostart, !isMigrating(instance.name) {
            fields.append(setting("autostart", owned.domain.autostart, instance.autostart, instance, owned))
            add(
                steps.next(
                    StepID("\(prefix)/autostart"), on: owned.node, object,
                    .domain(
                        .setAutostart(uuid: owned.domain.uuid, name: owned.domain.name, autostart: instance.autostart)))
            )
        }
        if owned.mark.protect != instance.protect {
            fields.append(setting("protect", owned.mark.protect, instance.protect, instance, owned))
            add(
                steps.next(
                    StepID("\(prefix)/protect"), on: owned.node, object,
                    .domain(.setProtect(uuid: owned.domain.uuid, name: owned.domain.name, protect: instance.protect))))
        }
        if !fields.isEmpty {
            graph.findings.changes.append(
                Change(.update, object, reason: "it differs from the spec", fields: fields, position: instance.position)
            )
        }
    }

    private func setting(
        _ path: String, _ old: Bool, _ new: Bool, _ instance: Instance, _ owned: OwnedDomain
    ) -> FieldChange {
        FieldChange(
            path: path, old: String(old), new: String(new), effect: .live,
            origin: owned.mark.applied[path] == String(new) ? .drift : .edit, position: instance.positions[path])
    }

    private mutating func planPower(_ instance: Instance, _ owned: OwnedDomain, _ steps: inout DomainSteps) {
        let isRunning = owned.domain.power == .running
        switch wantedPower(of: instance) {
        case .off where owned.domain.power != .shutOff: planStop(instance, owned, &steps)
        case .on where !isRunning:
            if planStart(instance, owned, &steps) { add(readyStep(instance, owned, after: steps.last)) }
        case .off, .on, .keep:
            let isVerified = owned.mark.wasReady && owned.mark.trial?.stage != .made
            if isRunning, !isVerified, wantedPower(of: instance) != .off, moves[instance.name] == nil {
                awaitReadiness(instance, owned, steps.last)
            }
        }
    }

    private mutating func planStop(_ instance: Instance, _ owned: OwnedDomain, _ steps: inout DomainSteps) {
        let object = ObjectReference(.instance, instance.name.text, on: owned.node)
        let prefix = "\(owned.node)/instance/\(instance.name)"
        let stop = StepID("\(prefix)/stop")
        add(
            steps.next(
                stop, on: owned.node, object,
                .update(
                    DomainUpdate(
                        uuid: owned.domain.uuid, name: owned.domain.name,
                        action: .stop(
                            timeout: instance.changes.stop.timeout, force: instance.changes.stop.force)))))
        graph.noteInterruption(of: instance.name, by: stop)
        if let update = updates[instance.name]?.update, let new = update.domainName, !update.isRenamedNow {
            add(
                steps.next(
                    StepID("\(prefix)/rename"), on: owned.node, object,
                    .update(
                        DomainUpdate(
                            uuid: owned.domain.uuid, name: owned.domain.name, action: .rename(to: new)))))
        }
        graph.findings.changes.append(
            Change(
                .stop, object, reason: stopReasons[instance.name] ?? "the spec says power: off",
                details: updates[instance.name]?.update.domainName.map { ["its domain is then renamed to \($0)"] }
                    ?? [],
                position: instance.position,
                origin: owned.mark.applied["power"] == "off" ? .drift : .edit))
    }

    /// Starts an instance, or says why it cannot be; whether it does.
    private mutating func planStart(_ instance: Instance, _ owned: OwnedDomain, _ steps: inout DomainSteps) -> Bool {
        let object = ObjectReference(.instance, instance.name.text, on: owned.node)
        let lost = owned.domain.disks.filter {
            ($0.name != nil || $0.given != nil) && !$0.path.hasPrefix("/dev/")
                && answered[owned.node]?.volumes[$0.path] == nil
                && !($0.name == "seed" && updates[instance.name]?.update.seed != nil)
        }
        guard lost.isEmpty else {
            graph.findings.refusals.append(
                Plan.Refusal(
                    object, reason: "it cannot start: \(lost.map(\.path).joined(separator: ", ")) is missing",
                    remedy: "restore the file, or remove the instance from the spec, apply, and add it again",
                    position: instance.position))
            return false
        }
        if !owned.domain.isActive, refusesGivenDisks(instance, owned) { return false }
        let wasLeftPaused = wasLeftPaused(owned)
        if let pause = owned.domain.standstill, !wasLeftPaused {
            graph.findings.refusals.append(
                Plan.Refusal(
                    object, reason: "the spec says power: on, but it is paused\(pause.words)",
                    remedy: pause.remedy(owned.domain.name, on: owned.node.text), position: instance.position))
            return false
        }
        if owned.domain.power != .paused, let obstacle = missingNetwork(of: instance, on: owned.node) {
            graph.findings.refusals.append(
                Plan.Refusal(
                    object, reason: "it cannot start: \(owned.node): \(obstacle.reason)",
                    remedy: obstacle.remedy, position: instance.position))
            return false
        }
        let state =
            wasLeftPaused
            ? "a migration that broke off left it paused"
            : owned.domain.power == .paused ? "it is paused" : "it is not running"
        start(instance, owned, &steps, reason: state)
        return true
    }

    /// What a NIC stands on that is not ours to bring up, and is not up.
    private func missingNetwork(of instance: Instance, on node: Name) -> Obstacle? {
        guard let observed = answered[node] else { return nil }
        return instance.nics.lazy.compactMap { cluster.networks[$0.network] }.filter { !$0.isOurs }
            .compactMap { obstacle(to: $0, on: observed) }.first
    }

    private mutating func start(
        _ instance: Instance, _ owned: OwnedDomain, _ steps: inout DomainSteps, reason: String
    ) {
        let object = ObjectReference(.instance, instance.name.text, on: owned.node)
        // A guest that goes on may be stopped, changed and started after that.
        let name = owned.domain.power == .paused ? "resume" : "start"
        var step = steps.next(
            StepID("\(owned.node)/instance/\(instance.name)/\(name)"), on: owned.node, object,
            .domain(.start(uuid: owned.domain.uuid, name: owned.domain.name)))
        step.requires += instance.nics.map { .network(Location(node: owned.node, what: $0.network.text)) }
        step.requires += footing(of: owned)
        step.after = bootsBefore(instance.name, on: owned.node)
        add(step)
        let why = instance.power == .on ? "the spec says power: on, but \(reason)" : reason
        graph.findings.changes.append(
            Change(
                .start, object, reason: why,
                details: owned.domain.hasManagedSave ? ["it resumes from its saved memory"] : [],
                position: instance.position,
                // An instance that was made or changed and has yet to start waits for its turn: nobody stopped it.
                origin: owned.mark.applied["power"] == "off" || !owned.mark.wasReady ? .edit : .drift))
    }

    private mutating func awaitReadiness(_ instance: Instance, _ owned: OwnedDomain, _ last: StepID?) {
        add(readyStep(instance, owned, after: last))
        graph.findings.changes.append(
            Change(
                .update, ObjectReference(.instance, instance.name.text, on: owned.node),
                reason: owned.mark.trial?.stage == .made
                    ? "its last change is not verified yet (\(instance.ready.when.rawValue))"
                    : "it is running, but was never ready (\(instance.ready.when.rawValue))",
                position: instance.position))
    }
}
