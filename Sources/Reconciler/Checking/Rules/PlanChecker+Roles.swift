import Spec

extension PlanChecker {
    /// A guest gets what its kind of role may do now, and the members of a group take turns.
    static func checkRoles(_ evidence: Evidence) -> [Violation] {
        var found: [Violation] = []
        var rolling: [Name: [Int]] = [:]
        for (index, step) in evidence.plan.steps.enumerated() {
            guard case .role(let change) = step.operation else { continue }
            let instance = Name(step.object.name).flatMap { evidence.cluster.instances[$0] }
            found += complaints(about: change, of: change.kind, instance, on: step.node, evidence).map {
                Violation(.role, step.id, $0)
            }
            // What was up goes on but for its turn.
            guard let instance, let group = instance.group, change.isInterrupting else { continue }
            let others = rolling[group, default: []].filter { evidence.plan.steps[$0].object != step.object }
            let window = max(1, instance.changes.maxUnavailable)
            if others.count >= window {
                // A member's roles follow each other, and the next member's the last of them.
                let awaited = Set(others.suffix(window))
                let objects = Set(awaited.map { evidence.plan.steps[$0].object } + [step.object])
                let isWaiting = evidence.graph.requires(
                    index,
                    through: { other in
                        guard case .role = evidence.plan.steps[other].operation else { return false }
                        return objects.contains(evidence.plan.steps[other].object)
                    }, awaited.contains)
                if !isWaiting {
                    found.append(Violation(.role, step.id, "too many members of \(group) would be unavailable at once"))
                }
            }
            rolling[group, default: []].append(index)
        }
        return found
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
}
