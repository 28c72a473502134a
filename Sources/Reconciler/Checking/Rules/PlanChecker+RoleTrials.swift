import Spec

extension PlanChecker {
    /// A role that the spec wants to be able to roll back changes after its disks were kept, and those go only after it.
    static func checkRoleTrials(_ evidence: Evidence) -> [Violation] {
        let steps = evidence.plan.steps
        var found: [Violation] = []
        for (index, step) in steps.enumerated() {
            guard case .role(let change) = step.operation else { continue }
            let place = Evidence.Place(node: step.node, uuid: change.uuid)
            let own = evidence.domainSteps[place] ?? []
            if own.contains(where: { steps[$0].operation.endsRoleTrial }) {
                found.append(Violation(.trial, step.id, "the role changes while its guest may go back"))
            }
            if change.spec != nil, evidence.owned(place)?.mark?.roleTrial?.isOpen == true,
                evidence.owned(place)?.power != .running
            {
                found.append(Violation(.trial, step.id, "the role changes unseen, before its last change is settled"))
            }
            // Most plans keep nothing, and a search that finds nothing goes through all that comes before.
            let keeps = own.filter { steps[$0].operation.keepsBeforeRoles }
            let isKept = !keeps.isEmpty && evidence.requires(index, keeps.contains)
            if change.rollback != nil {
                if !isKept { found.append(Violation(.trial, step.id, "there may be nothing to roll back to")) }
            } else if isWanted(change, place, own, evidence) {
                found.append(Violation(.trial, step.id, "the role changes without a rollback state"))
            }
            let settles = own.filter { steps[$0].operation.settlesRoles }
            if isKept, change.spec != nil, !settles.contains(where: { evidence.requires($0) { $0 == index } }) {
                found.append(Violation(.trial, step.id, "what was kept before is not removed after it"))
            }
        }
        return found
    }

    /// Whether the spec asks for a rollback state of a role that differs, in a guest that runs on.
    private static func isWanted(
        _ change: RoleStep, _ place: Evidence.Place, _ own: [Int], _ evidence: Evidence
    ) -> Bool {
        guard change.spec != nil, let domain = evidence.owned(place), let mark = domain.mark, mark.phase == .active,
            domain.power == .running, case .apply = evidence.intent
        else { return false }
        let steps = evidence.plan.steps
        guard !own.contains(where: { steps[$0].operation.isStop || steps[$0].operation.isStart }) else { return false }
        return evidence.cluster.instances[mark.instance]?.changes.snapshotBefore.contains(.provision) ?? false
    }
}
