import Spec

extension Draft {
    /// Finds out what every instance that is there needs, field by field, and refuses what must not be done.
    mutating func compareInstances() {
        guard !isDestroy else { return }
        let failed = failedAttempts()
        countNew()
        for instance in existing where !isUnsettled(instance.name) {
            guard let owned = owned[instance.name], owned.domain.isPersistent,
                owned.mark.phase == .active || owned.mark.phase == .replacing
            else { continue }
            if let update = compare(instance, owned, failed) {
                accept(update, of: instance.name, on: owned.node)
            } else {
                // What is left alone keeps its identity, too.
                nics[instance.name] = owned.mark.nics
            }
        }
        existing.removeAll { untouchable.contains($0.name) }
    }

    /// What one instance needs; nil where none of it is done now, with the reason already given.
    private mutating func compare(
        _ original: Instance, _ owned: OwnedDomain, _ failed: [Name: [(attempt: ChangeAttempt, member: Name)]]
    ) -> InstanceUpdate? {
        let asked = original.fields(inputs: inputs)
        let attempts = recall(original, owned, wanted: asked, failed)
        var instance = original
        instance.changes.ignored += attempts.skipped
        var wanted = asked
        for (path, old) in owned.mark.applied where instance.changes.ignores(path) { wanted[path] = old }
        let comparison = Comparison(instance, owned, wanted: wanted)
        var update = InstanceUpdate(mark: settledMark(owned))
        if attempts.isStale {
            update.mark.attempt = nil
            update.isRelabelled = true
            update.details.append("forgets that a change was tried and taken back")
        }
        update.mark.protect = instance.protect
        compareFields(comparison, &update)
        guard !untouchable.contains(instance.name) else { return nil }
        let isTrying = owned.mark.attempt?.stage == .made
        if isTrying, update.isDisruptive {
            postpone(update, comparison, "its last change has not proved good yet; apply again when it has")
            return nil
        }
        if isTrying, attempts.skipped.contains(where: { owned.mark.applied[$0] != asked[$0] }) {
            update.isRelabelled = true
        }
        block(attempts, wanted: asked, comparison, &update)
        if owned.domain.power == .shutOff, owned.domain.hasManagedSave, update.changesMachine {
            keepSavedMemory(comparison, update)
            return nil
        }
        if moves[instance.name] != nil, !update.isEmpty {
            // Two things at once on one machine are two chances to lose it.
            postpone(update, comparison, "it moves first; apply again when it has")
            return nil
        }
        prepareAttempt(wanted: asked, comparison, &update)
        separate(comparison, &update)
        guard !untouchable.contains(instance.name) else { return nil }
        if update.isDisruptive { update.mark.wasReady = false }
        return update
    }

    private mutating func compareFields(_ comparison: Comparison, _ update: inout InstanceUpdate) {
        compareName(comparison, &update)
        comparePart(comparison, &update)
        compareDomainName(comparison, &update)
        compareNoted(comparison, &update)
        compareVCPUs(comparison, &update)
        compareMemory(comparison, &update)
        compareMachine(comparison, &update)
        compareDisks(comparison, &update)
        compareNICs(comparison, &update)
        compareLosses(comparison, &update)
        compareFirstBoot(comparison, &update)
        compareImage(comparison, &update)
    }

    /// Shows what differs and is not done now.
    private mutating func postpone(_ update: InstanceUpdate, _ comparison: Comparison, _ why: String) {
        changes.append(
            Change(
                .update, ObjectReference(.instance, comparison.instance.name.text, on: comparison.owned.node),
                reason: "it differs from the spec", fields: update.fields, blocked: why,
                position: comparison.instance.position))
    }

    /// Whether what an instance left elsewhere is still to be found by the disks that it has now.
    func isUnsettled(_ instance: Name) -> Bool {
        if frozen[instance] != nil { return true }
        guard let arrival = arrivals[instance] else { return false }
        return arrival.isTwice || arrival.otherEnd == .silent
    }

    /// Leaves an instance alone because one of its fields asks for what must not be done.
    mutating func refuse(_ comparison: Comparison, _ path: String, _ reason: String, remedy: String) {
        untouchable.insert(comparison.instance.name)
        refusals.append(
            Plan.Refusal(
                ObjectReference(.instance, comparison.instance.name.text, on: comparison.owned.node), reason: reason,
                remedy: remedy, position: comparison.position(of: path)))
    }

    /// An instance under another name is the same machine; its domain's name follows when it is off.
    private func compareName(_ comparison: Comparison, _ update: inout InstanceUpdate) {
        let old = comparison.owned.mark.instance
        guard old != comparison.instance.name else { return }
        update.mark.instance = comparison.instance.name
        if hasSeed(comparison) { update.seed = .sameMachine }
        update.fields.append(comparison.field("name", old: old.text, new: comparison.instance.name.text, .live))
        update.isRenamed = true
    }

    /// An instance that stands in another part's file now is that part's, and its old part deletes it no longer.
    private func comparePart(_ comparison: Comparison, _ update: inout InstanceUpdate) {
        let (old, new) = (comparison.owned.mark.part, comparison.instance.part)
        guard old != new else { return }
        update.mark.part = new
        update.isRelabelled = true
        update.fields.append(comparison.field("part", old: old.text, new: new.text, .live))
    }

    /// Labels and how it is stopped are the spec's, and the mark remembers them; the domain itself does not know them.
    ///
    /// What a mark of an older run does not say is no difference, and is written with the next change.
    private func compareNoted(_ comparison: Comparison, _ update: inout InstanceUpdate) {
        let paths = Set(comparison.applied.keys).union(comparison.wanted.keys).filter { path in
            guard let field = InstanceField.field(of: path), field.effect == .noted else { return false }
            return !field.isNewInMarks || comparison.applied[path] != nil
        }
        for path in paths.sorted() where comparison.applied[path] != comparison.wanted[path] {
            update.isRelabelled = true
            update.fields.append(
                comparison.field(path, old: comparison.applied[path], new: comparison.wanted[path], .live))
        }
    }

    private mutating func compareVCPUs(_ comparison: Comparison, _ update: inout InstanceUpdate) {
        guard !comparison.instance.changes.ignores("vcpus") else { return }
        let (wanted, defined) = (comparison.instance.vcpus, comparison.owned.domain.vcpus)
        let live = comparison.running?.vcpus
        if defined != wanted { checkLayout(comparison, vcpus: wanted) }
        if max(defined, live ?? 0) < wanted, let reason = noRoom(for: comparison, &update, vcpus: wanted) {
            refuse(comparison, "vcpus", reason, remedy: "ask for less, or make room on the node")
        }
        if defined != wanted { update.items.append(.vcpus(wanted)) }
        settle(
            comparison, &update, path: "vcpus", defined: "\(defined)", live: live.map { "\($0)" },
            isPossible: comparison.running?.canHave(vcpus: wanted) ?? false
        ) { $0.live.append(("vcpus", .setVCPUs(wanted))) }
    }

    private mutating func compareMemory(_ comparison: Comparison, _ update: inout InstanceUpdate) {
        guard !comparison.instance.changes.ignores("memory") else { return }
        let (wanted, defined) = (comparison.instance.memory, comparison.owned.domain.memory)
        let live = comparison.running?.memory
        checkLayout(comparison, memory: wanted)
        if max(defined, live ?? defined) < wanted, let reason = noRoom(for: comparison, &update, memory: wanted) {
            refuse(comparison, "memory", reason, remedy: "ask for less, or make room on the node")
        }
        if let running = comparison.running, let used = running.usedMemory, wanted < used, wanted < running.memory,
            running.canHave(memory: wanted)
        {
            refuse(
                comparison, "memory",
                "its guest \(Draft.uses(running)) \(Size.mebibytes(used.bytes >> 20)), which is more than \(wanted)",
                remedy: "ask for more, or stop something in the guest first"
                    + (running.usedMemoryAge == nil
                        ? ""
                        : "; for a new figure have it told every 10 s: `virsh dommemstat \(comparison.owned.domain.name) "
                            + "--period 10 --live --config` on \(comparison.owned.node)"))
        }
        if defined != wanted { update.items.append(.memory(wanted)) }
        settle(
            comparison, &update, path: "memory", defined: defined.description, live: live?.description,
            isPossible: comparison.running?.canHave(memory: wanted) ?? false
        ) { $0.first.append(("memory", .setMemory(wanted))) }
    }

    /// Since when a guest's figure is.
    private static func uses(_ running: ObservedDomain.Running) -> String {
        guard let age = running.usedMemoryAge?.components.seconds else { return "uses" }
        let time =
            age < 120 ? "a minute" : age < 7_200 ? "\(age / 60) minutes" : "\(age / 3_600) hours"
        return "used \(time) ago, when it last told,"
    }

    /// Decides how an amount reaches the guest: now, by a reboot, or at some later boot.
    private func settle(
        _ comparison: Comparison, _ update: inout InstanceUpdate, path: String, defined: String, live: String?,
        isPossible: Bool, now: (inout InstanceUpdate) -> Void
    ) {
        let new = comparison.wanted[path]
        let old = live.flatMap { $0 == new ? nil : $0 } ?? defined
        if let live, live != new {
            // What its owner had waiting for a reboot when it was adopted goes on waiting.
            if comparison.instance.isAdopted, defined == new, comparison.applied[path] == new {
                update.waiting.append("\(path) \(live) -> \(defined)")
                return
            }
            guard isPossible else {
                if comparison.mayReboot {
                    update.reboots = true
                } else if defined == new {
                    // The definition has it: that is all there is to do, and it stays visible.
                    update.waiting.append("\(path) \(live) -> \(new ?? "")")
                    return
                }
                var field = comparison.field(path, old: old, new: new, comparison.bootEffect)
                // What the definition has and the machine not is what an edit left to be done.
                if defined == new { field.origin = .edit }
                update.fields.append(field)
                return
            }
            now(&update)
            update.fields.append(comparison.field(path, old: old, new: new, .live))
        } else if defined != new {
            update.fields.append(comparison.field(path, old: defined, new: new, live == nil ? .nextBoot : .live))
        } else if live != nil, let before = comparison.applied[path], before != new {
            // An earlier run may have been cut off before the guest had taken it.
            now(&update)
            update.fields.append(comparison.field(path, old: before, new: new, .live))
        }
    }

    /// Why a node cannot give an instance more, nil where it can; what this plan has promised elsewhere counts.
    private mutating func noRoom(
        for comparison: Comparison, _ update: inout InstanceUpdate, vcpus: Int? = nil, memory: Size? = nil
    ) -> String? {
        let node = comparison.owned.node
        let old = comparison.owned.domain.demand
        let whole = cluster.nodes[node]?.capacityVCPUs ?? answered[node]?.vcpus ?? 0
        if let vcpus, vcpus > whole {
            return "it wants \(vcpus) vCPUs, and \(node) has \(whole): one guest cannot use more"
        }
        let room = remainingRoom(of: node)
        if let vcpus, Double(vcpus) > old.vcpus {
            guard room.promisedVCPUs + Double(vcpus) - old.vcpus <= room.vcpus else {
                let others = Int(room.promisedVCPUs - old.vcpus)
                return "it wants \(vcpus) vCPUs, and \(node) has \(Int(room.vcpus)) to give, "
                    + "of which \(others) are promised to others"
            }
            update.claims.vcpus = Double(vcpus) - old.vcpus
        }
        if let memory, Double(memory.bytes) > old.memory {
            guard room.promisedMemory + Double(memory.bytes) - old.memory <= room.memory else {
                let others = UInt64(max(0, room.promisedMemory - old.memory)) >> 20
                return "it wants \(memory) of memory, and \(node) has \(UInt64(room.memory) >> 20)MiB to give, "
                    + "of which \(others)MiB are promised to others"
            }
            update.claims.memory = Double(memory.bytes) - old.memory
        }
        return nil
    }
}
