import Spec

extension PlanChecker {
    /// A guest gets what its kind of role may do now, and the members of a group take turns.
    static func checkRoles(_ evidence: Evidence) -> [Violation] {
        var found: [Violation] = []
        for (index, step) in evidence.plan.steps.enumerated() {
            found += forgottenRoles(by: index, evidence)
            guard case .role(let change) = step.operation else { continue }
            let instance = Name(step.object.name).flatMap { evidence.cluster.instances[$0] }
            found += complaints(about: change, of: change.kind, instance, on: step.node, evidence).map {
                Violation(.role, step.id, $0)
            }
            if let complaint = memoryComplaint(about: change, at: index, instance, evidence) {
                found.append(Violation(.role, step.id, complaint))
            }
        }
        return found + checkTurns(evidence)
    }

    private static func complaints<Kind: RoleKind>(
        about change: RoleStep, of kind: Kind.Type, _ instance: Instance?, on node: Name, _ evidence: Evidence
    ) -> [String] {
        guard let action = change.action(of: kind) else { return ["its action belongs to another kind of role"] }
        let domain = evidence.domains[Evidence.Place(node: node, uuid: change.uuid)]
        var observed: Kind.Observed?
        if case .known(let known)? = domain?.roles[kind] { observed = known[change.role] }
        return kind.check(
            action,
            RoleEvidence(
                wanted: instance?.roles[change.role]?.value(of: kind), observed: observed,
                answers: evidence.fleet.answers[kind]))
    }

    /// What is wrong with how the mark knows of a role that a step changes.
    private static func memoryComplaint(
        about change: RoleStep, at index: Int, _ instance: Instance?, _ evidence: Evidence
    ) -> String? {
        let place = Evidence.Place(node: evidence.plan.steps[index].node, uuid: change.uuid)
        let isMarked = evidence.domains[place]?.mark.map { MarkedRole.all(in: $0).contains(change.marked) } ?? false
        if change.isClearing {
            if instance?.roles[change.role]?.key == change.kind.key { return "the spec still has it" }
            return isMarked ? nil : "the mark does not say that the guest has it"
        }
        let isDefined = evidence.definitions[place].map { MarkedRole.all(in: $0.mark).contains(change.marked) } ?? false
        let isRecorded = evidence.requires(index) { other in
            evidence.recorded(other, of: change.uuid).map { MarkedRole.all(in: $0).contains(change.marked) } ?? false
        }
        return isMarked || isDefined || isRecorded ? nil : "it is made before its mark remembers it"
    }

    /// The roles that a step has a mark forget though nothing cleared them away before.
    private static func forgottenRoles(by index: Int, _ evidence: Evidence) -> [Violation] {
        let step = evidence.plan.steps[index]
        guard let uuid = step.operation.domain, let applied = evidence.recorded(index, of: uuid),
            let mark = evidence.domains[Evidence.Place(node: step.node, uuid: uuid)]?.mark
        else { return [] }
        let kept = Set(MarkedRole.all(in: applied))
        return MarkedRole.all(in: mark).filter { !kept.contains($0) }.compactMap { role in
            let isCleared = evidence.requires(index) { other in
                guard case .role(let change) = evidence.plan.steps[other].operation else { return false }
                return change.uuid == uuid && change.isClearing && change.marked == role
            }
            return isCleared
                ? nil : Violation(.role, step.id, "the mark forgets \(role.name), which is not cleared away")
        }
    }
}

extension Evidence {
    /// What a step has the mark of a domain say is applied; nil where it is no such step.
    fileprivate func recorded(_ index: Int, of uuid: UniqueID) -> [String: String]? {
        guard case .update(let update) = plan.steps[index].operation, update.uuid == uuid,
            case .record(let applied) = update.action
        else { return nil }
        return applied
    }
}
