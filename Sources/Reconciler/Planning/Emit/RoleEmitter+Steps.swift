import Spec

extension RoleEmitter {
    /// Shows and adds what is done for one instance's roles.
    ///
    /// The mark remembers a role before it is made, and forgets it when it was cleared away: however the run ends, the next
    /// one knows what the guest may have.
    mutating func emit(_ planned: RoleWork) {
        var work = planned
        guard !endsTrial(&work) else { return }
        guard !work.steps.isEmpty else {
            recordPresent(&work)
            settleEarlier(&work)
            return
        }
        let tried = self.tried(work)
        guard !isRefused(tried, work) else { return }
        show(work, isKept: tried != nil)
        let first = work.applied.map { MarkedRole.all(in: $0) } ?? []
        let made = work.instance.markedRoles.union(first)
        record(made, "record-roles", &work)
        keep(tried, &work)
        if tried == nil { settleEarlier(&work) }
        var cleared: Set<MarkedRole> = []
        let lastTried = work.steps.lastIndex { $0.change.spec != nil }
        for (place, (planned, segment, awaited)) in work.steps.enumerated() {
            var change = planned
            if tried != nil, change.spec != nil { change.rollback = rollback(work) }
            add(change, called: segment, after: awaited, &work)
            if change.isClearing { cleared.insert(change.marked) }
            if tried != nil, place == lastTried { addUpdate(.settleRoles, "settle-roles", work.before, [], &work) }
        }
        if let last = work.last { graph.fulfil(.back(work.instance.name), by: [last]) }
        record(made.subtracting(cleared), "forget-roles", &work)
    }

    /// Has the mark remember what the guest has already: an earlier run was cut off before it was recorded.
    private mutating func recordPresent(_ work: inout RoleWork) {
        guard !work.present.isEmpty else { return }
        let marked = Set(work.applied.map { MarkedRole.all(in: $0) } ?? [])
        let missing = work.present.subtracting(marked)
        guard work.applied != nil, !missing.isEmpty else { return }
        let names = missing.map(\.name.text).sorted().joined(separator: ", ")
        graph.findings.changes.append(
            Change(
                .update, work.object, reason: "its mark does not say that it has \(names)",
                position: work.instance.position))
        record(marked.union(missing), "record-roles", &work)
    }

    private mutating func show(_ work: RoleWork, isKept: Bool) {
        guard !work.fields.isEmpty else { return }
        let subjects = work.changed.sorted { $0.key < $1.key }.map(\.value).joined(separator: " and ")
        graph.findings.changes.append(
            Change(
                .update, work.object, reason: "\(subjects) differs", fields: work.fields,
                details: isKept
                    ? ["a snapshot is taken first; if a role cannot be applied, its disks are rolled back"] : [],
                position: work.instance.position))
    }

    /// Has the mark remember these roles and no others, where it does not yet; one that is made now knows what the spec says.
    private mutating func record(_ roles: Set<MarkedRole>, _ segment: String, _ work: inout RoleWork) {
        guard let now = work.applied else { return }
        let applied = MarkedRole.remember(roles, in: now)
        guard applied != now else { return }
        let step = StepID("\(work.node)/instance/\(work.instance.name)/\(segment)")
        add(
            PlannedStep(
                id: step, node: work.node, object: work.object,
                operation: .update(DomainUpdate(uuid: work.uuid, name: work.name, action: .record(applied))),
                requires: work.before))
        work.last = step
        work.applied = applied
    }

    /// Adds a step of a role after everything else that is planned for its instance, and after others are back.
    private mutating func add(
        _ change: RoleStep, called segment: String, after awaited: AwaitedInstances, _ work: inout RoleWork
    ) {
        let step = StepID("\(work.node)/instance/\(work.instance.name)/\(segment)/\(change.role)")
        let requires = needs(awaited, &work)
        add(
            PlannedStep(
                id: step, node: work.node, object: work.object, operation: .role(change), requires: requires,
                after: awaited.ended.map(Requirement.back)))
        if change.isInterrupting, !work.isBooting {
            graph.noteInterruption(of: work.instance.name, by: step, isRole: true)
        }
        work.last = step
    }

    /// What a step that changes the guest needs: what is planned for its instance before, others, and its turn.
    mutating func needs(_ awaited: AwaitedInstances, _ work: inout RoleWork) -> [Requirement] {
        var requires = work.before + awaited.required.map(Requirement.back)
        if !work.isBooting, !work.isRolling {
            requires += graph.takeTurn(work.instance, .changes)
            work.isRolling = true
        }
        return requires
    }
}

extension RoleWork {
    /// What its next step waits for.
    var before: [Requirement] {
        ([last] + (record == last ? [] : [record])).compactMap(\.self).map(Requirement.step)
    }
}
