import Spec

extension DrainEmitter {
    /// Takes the members out of one role that this plan stops or changes, and puts them back.
    mutating func plan(_ consumer: Consumer) {
        let members = others(consumer)
        let earlier = putBack(members, consumer)
        // Where nobody stays on its list, the new one comes first: else there would be nobody for a while.
        let hasStaying = members.contains { !isLeaving(name(of: $0)) }
        for member in members {
            let name = name(of: member)
            guard let interruption = graph.interruptions[name], isUp(name) else { continue }
            if isLeaving(name), let change = consumer.change, !consumer.serving.canDrain || !hasStaying {
                graph.departures.append(
                    Departure(
                        consumer: consumer, member: member, instance: name, step: interruption.step, change: change))
            } else {
                drain(member, name, interruption, consumer, after: earlier)
            }
        }
    }

    /// What a member is called now, which its guest may know by the name that it had.
    private func name(of member: Member) -> Name { renamed[member.name] ?? member.name }

    /// Those that a role sends work to, each once, without peers: a group that has its own list sends itself nothing.
    private func others(_ consumer: Consumer) -> [Member] {
        let group = consumer.instance.group
        var names: Set<Name> = []
        return consumer.serving.listed.filter { member in
            guard member.name != consumer.instance.name, names.insert(member.name).inserted else { return false }
            guard let group else { return true }
            return cluster.instances[name(of: member)].map { $0.group != group } ?? !member.name.isMember(of: group)
        }
    }

    /// The window of one member: from before the first step that interrupts it until it is back.
    private mutating func drain(
        _ member: Member, _ name: Name, _ interruption: PlanGraph.Interruption, _ consumer: Consumer,
        after earlier: [StepID]
    ) {
        guard let place = interruptions[interruption.step] else { return }
        let first = graph.steps[place]
        guard
            let drain = consumer.step(
                .out(member), requires: first.requires, after: first.after + earlier.map(Requirement.step))
        else { return }
        add(drain)
        // Of whom only the guest says that it sends work there, it may not keep anything from being done.
        if isNamed(name, in: consumer.listed) {
            graph.require(.step(drain.id), before: first.id)
        } else {
            graph.await(.step(drain.id), before: first.id)
        }
        var end = drain.id
        let isBack = !isLeaving(name) && graph.isFulfilled(.back(name))
        if isBack, let back = putBack(member, name, consumer, after: drain.id) {
            end = back
        } else if !isLeaving(name) {
            end = first.id
        }
        // A list does not change while somebody on it is drained: a program that reads it again may forget that.
        if let change = consumer.change, isLeaving(name) || consumer.awaited.contains(name) {
            graph.await(.step(end), before: change)
        }
        var told = drained[name] ?? (roles: [], isBack: isBack)
        told.roles.append(consumer.words)
        drained[name] = told
    }

    /// Puts a member back when all that is done to it has ended, well or not.
    private mutating func putBack(_ member: Member, _ name: Name, _ consumer: Consumer, after drain: StepID?) -> StepID?
    {
        let ready = graph.fulfilling[.back(name)] ?? []
        guard
            let step = consumer.step(
                .back(member), requires: [drain].compactMap(\.self).map(Requirement.step),
                after: ready.filter { !backs.contains($0) }.map(Requirement.step))
        else { return nil }
        add(step)
        backs.insert(step.id)
        graph.fulfil(.back(name), by: ready + [step.id])
        return step.id
    }

    /// Puts back those whom an earlier run took out; the steps that do so for those that run.
    private mutating func putBack(_ members: [Member], _ consumer: Consumer) -> [StepID] {
        var steps: [StepID] = []
        var fields: [FieldChange] = []
        for member in members where consumer.serving.drained.contains(member.name) {
            let name = name(of: member)
            guard owned[name] != nil, !isLeaving(name) else { continue }
            var step: StepID?
            if isUp(name) {
                // It waits for nothing: others may wait for it.
                guard graph.interruptions[name] == nil, let back = consumer.step(.back(member)) else { continue }
                add(back)
                steps.append(back.id)
                step = back.id
            } else if graph.isFulfilled(.back(name)) {
                step = putBack(member, name, consumer, after: nil)
            }
            guard let step else { continue }
            fields.append(
                FieldChange(
                    path: "roles.\(consumer.role).drained", old: member.name.text, new: nil, effect: .live,
                    origin: .edit, position: consumer.instance.position))
            if let change = consumer.change, consumer.awaited.contains(name) {
                graph.await(.step(step), before: change)
            }
        }
        if !fields.isEmpty {
            graph.findings.changes.append(
                Change(
                    .update, consumer.object, reason: "it sends nothing to members that are there", fields: fields,
                    position: consumer.instance.position))
        }
        return steps
    }
}
