import Spec

extension PlanChecker {
    /// A role that sends work to others and can be told not to.
    private struct Sender {
        let place: Evidence.Place
        let instance: Instance
        let role: Name
        let wanted: Role
        let serving: RoleServing
    }

    /// Nobody is taken away whom a role sends work to that can take it out first; and who comes back is put back.
    static func checkDrains(_ evidence: Evidence) -> [Violation] {
        guard case .apply = evidence.intent else { return [] }
        let senders = senders(evidence)
        guard !senders.isEmpty else { return [] }
        let renamed = Dictionary(
            evidence.cluster.instances.values.compactMap { instance in instance.renamedFrom.map { ($0, instance) } }
        ) { first, _ in first }
        let later = StepGraph.reversed(evidence.plan.steps.indices.map { evidence.graph.next($0) })
        let ready = Set(evidence.plan.steps.filter(\.operation.isReadyWait).map(\.object.name))
        return senders.flatMap { sender in
            let steps = SenderSteps(
                sender.role, evidence.domainSteps[sender.place] ?? [], later, ready: ready, evidence)
            return sender.serving.listed.flatMap { member in
                check(
                    member.name, evidence.cluster.instances[member.name] ?? renamed[member.name], sender, steps,
                    evidence)
            }
        }
    }

    /// The steps of one role that sends work to others.
    private struct SenderSteps {
        /// A step that changes whom it sends work to, with all steps that come before it and all that come after it.
        struct ListChange {
            let step: Int
            let earlier: Set<Int>
            let later: Set<Int>
        }

        private(set) var changes: [ListChange] = []
        /// By member, the steps that take it out and put it back.
        private(set) var drains: [Name: Int] = [:]
        private(set) var backs: [Name: Int] = [:]
        /// The instances that get ready in this plan, by their names.
        let ready: Set<String>

        init(_ role: Name, _ steps: [Int], _ later: [[Int]], ready: Set<String>, _ evidence: Evidence) {
            self.ready = ready
            for index in steps {
                guard case .role(let change) = evidence.plan.steps[index].operation, change.role == role else {
                    continue
                }
                switch change.taken {
                case .out(let member): drains[member.name] = drains[member.name] ?? index
                case .back(let member): backs[member.name] = backs[member.name] ?? index
                case nil:
                    changes.append(
                        ListChange(
                            step: index, earlier: evidence.graph.ancestors(of: index, along: .all),
                            later: StepGraph.reached(from: index, along: later)))
                }
            }
        }
    }

    /// Those that run, stay as they are but for their roles, and were seen to be up.
    private static func senders(_ evidence: Evidence) -> [Sender] {
        let listing = evidence.cluster.instances.values.filter { instance in
            evidence.cluster.parts.contains(instance.part)
                && instance.roles.values.contains { !targets(of: $0).isEmpty }
        }
        return listing.sorted { $0.name < $1.name }.flatMap { instance -> [Sender] in
            guard let place = evidence.seen[instance.name]?.first, evidence.seen[instance.name]?.count == 1,
                let domain = evidence.owned(place), domain.power == .running, domain.mark?.move == nil,
                evidence.domainSteps[place]?.contains(where: { isLeaving(evidence.plan.steps[$0].operation) }) != true
            else { return [] }
            let marked = domain.mark.map { MarkedRole.all(in: $0) } ?? []
            return domain.roles.servings().compactMap { found in
                guard let wanted = instance.roles[found.role], wanted.key == found.kind.key,
                    !targets(of: wanted).isEmpty,
                    marked.contains(MarkedRole(name: found.role, kind: found.kind.key)), found.serving.canDrain,
                    found.serving.isUp
                else { return nil }
                return Sender(
                    place: place, instance: instance, role: found.role, wanted: wanted, serving: found.serving)
            }
        }
    }

    private static func targets(of role: Role) -> [Name] { role.references.compactMap(\.reference.listed) }

    /// Whether a step takes a whole guest away from where it is.
    private static func isLeaving(_ operation: Operation) -> Bool {
        operation.isStop || operation.isMarkDeleting || operation.isMove
    }

    private static func check(
        _ member: Name, _ current: Instance?, _ sender: Sender, _ own: SenderSteps, _ evidence: Evidence
    ) -> [Violation] {
        guard member != sender.instance.name, !isPeer(member, current, of: sender.instance),
            let place = evidence.seen[member]?.first, evidence.seen[member]?.count == 1,
            let domain = evidence.owned(place), domain.power == .running
        else { return [] }
        let steps = evidence.domainSteps[place] ?? []
        let away = steps.filter { index in
            let operation = evidence.plan.steps[index].operation
            if case .role(let change) = operation { return change.isInterrupting }
            return operation.isStop || operation.isMarkDeleting
        }
        guard !away.isEmpty else { return [] }
        let isGoing = current.map { $0.power == .off } ?? true
        let drain = own.drains[member]
        var found = away.compactMap { index -> Violation? in
            // Who leaves the list may go when it is not on it any more.
            let ends = [drain].compactMap(\.self) + (isGoing ? own.changes.map(\.step) : [])
            return comesAfter(index, ends, through: place, evidence)
                ? nil
                : Violation(
                    .drain, evidence.plan.steps[index].id,
                    "\(sender.role) of \(sender.instance.name) still sends work to \(member)")
        }
        guard let drain, !isGoing else { return found }
        found += checkEnd(member, current, drain, away, sender, own, evidence)
        return found
    }

    /// Who comes back is put back, and the list does not change in between.
    private static func checkEnd(
        _ member: Name, _ current: Instance?, _ drain: Int, _ away: [Int], _ sender: Sender, _ own: SenderSteps,
        _ evidence: Evidence
    ) -> [Violation] {
        let all = evidence.plan.steps
        let stops = away.contains { if case .role = all[$0].operation { false } else { true } }
        let comesBack = !stops || current.map { own.ready.contains($0.name.text) } ?? false
        let back = own.backs[member]
        var found: [Violation] = []
        if comesBack, back.map({ !evidence.graph.waits($0, for: drain) }) ?? true {
            found.append(Violation(.drain, all[drain].id, "\(member) is not put back"))
        }
        let targets = Set([current?.group, current?.name].compactMap(\.self))
        let waits = sender.wanted.references.contains { placed in
            placed.reference.waits && placed.reference.listed.map(targets.contains) ?? false
        }
        guard waits else { return found }
        for change in own.changes where !change.later.contains(drain) {
            let isAfter = back.map(change.earlier.contains) ?? away.allSatisfy(change.earlier.contains)
            if !isAfter {
                found.append(
                    Violation(.drain, all[change.step].id, "the list changes while \(member) is taken out of it"))
            }
        }
        return found
    }

    /// Whether a step of a member comes after one of some others, by itself or by its own earlier steps.
    private static func comesAfter(
        _ index: Int, _ others: [Int], through place: Evidence.Place, _ evidence: Evidence
    ) -> Bool {
        let own = Set(evidence.domainSteps[place] ?? [])
        var open = [index]
        var known: Set<Int> = [index]
        while let current = open.popLast() {
            for next in evidence.graph.next(current) where known.insert(next).inserted {
                if others.contains(next) { return true }
                if own.contains(next) { open.append(next) }
            }
        }
        return false
    }

    /// Whether two are members of one group, which has the list of itself.
    private static func isPeer(_ member: Name, _ current: Instance?, of instance: Instance) -> Bool {
        guard let group = instance.group else { return false }
        if let current { return current.group == group }
        let number = member.text.dropFirst(group.text.count + 1)
        return member.text.hasPrefix("\(group)-") && !number.isEmpty && number.allSatisfy(\.isNumber)
    }
}
