import Spec

extension RoleEmitter {
    /// Adds a step of a role after everything else that is planned for its instance.
    mutating func add(_ change: RoleStep, called segment: String, _ work: inout RoleWork) {
        let step = StepID("\(work.node)/instance/\(work.instance.name)/\(segment)/\(change.role)")
        var requires = [work.last].compactMap(\.self).map(Requirement.step)
        if let group = work.instance.group, !work.isBooting {
            if !work.isRolling {
                requires += graph.absence(before: work.instance)
                let window = max(1, work.instance.changes.maxUnavailable)
                let others = rollingRoles[group, default: []]
                if others.count >= window { requires.append(.step(others[others.count - window])) }
            }
            if work.isRolling { rollingRoles[group, default: []].removeLast() }
            rollingRoles[group, default: []].append(step)
            work.isRolling = true
        }
        add(
            PlannedStep(
                id: step, node: work.node, object: work.object, operation: .role(change),
                requires: requires))
        work.last = step
        work.hasSteps = true
    }

    /// Shows what is done, and has the mark remember which roles there are.
    mutating func note(_ work: RoleWork, _ owned: OwnedDomain?) {
        if !work.fields.isEmpty {
            let subjects = work.changed.sorted { $0.key < $1.key }.map(\.value).joined(separator: " and ")
            graph.findings.changes.append(
                Change(
                    .update, work.object, reason: "\(subjects) differs", fields: work.fields,
                    position: work.instance.position))
        }
        guard work.hasSteps, let owned, !work.isNew, updates[work.instance.name]?.isEmpty ?? true else { return }
        var applied = owned.mark.applied.filter { !$0.key.hasPrefix(MarkedRole.prefix) }
        for left in work.kept { applied[left.path] = left.kind.text }
        for (role, wanted) in work.instance.roles {
            applied[MarkedRole(name: role, kind: wanted.key).path] = wanted.key.text
        }
        guard applied != owned.mark.applied else { return }
        add(
            PlannedStep(
                id: StepID("\(work.node)/instance/\(work.instance.name)/record-roles"), node: work.node,
                object: work.object,
                operation: .update(DomainUpdate(uuid: work.uuid, name: work.name, action: .record(applied))),
                requires: [work.last].compactMap(\.self).map(Requirement.step)))
    }
}
