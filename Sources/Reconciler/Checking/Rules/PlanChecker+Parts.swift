import Spec

extension PlanChecker {
    /// What belongs to a part that the run does not declare is not changed.
    ///
    /// A network of another part may be made and started where it is needed, and may keep addresses for the run's own
    /// instances; that is all.
    static func checkParts(_ evidence: Evidence) -> [Violation] {
        evidence.plan.steps.compactMap { step in
            guard let part = part(of: step, evidence), !evidence.cluster.parts.contains(part) else { return nil }
            return Violation(.part, step.id, "part \(part) is not this run's")
        }
    }

    private static func part(of step: Step, _ evidence: Evidence) -> Name? {
        if let uuid = step.operation.domain {
            let place = Evidence.Place(node: step.node, uuid: uuid)
            if case .domain(.define(let definition)) = step.operation, evidence.domains[place] == nil {
                return definition.mark.part
            }
            if let path = step.operation.deletedFile,
                let disk = evidence.roster?.keptDisks.first(where: {
                    evidence.chain(of: $0, on: step.node).contains(path)
                })
            {
                return disk.part
            }
            return evidence.domains[place]?.mark?.part ?? evidence.definitions[place]?.mark.part
        }
        guard let uuid = step.operation.network else { return nil }
        switch step.operation {
        case .network(.updateReservations), .network(.start), .network(.carry): return nil
        default: break
        }
        return evidence.networks[Evidence.Place(node: step.node, uuid: uuid)]?.mark?.part
    }

    /// What its mark protects is neither marked for deletion nor undefined, and loses no disk.
    ///
    /// The mark decides, not the spec: taking the protection away is a change of its own, to be confirmed first.
    static func checkProtection(_ evidence: Evidence) -> [Violation] {
        evidence.plan.steps.compactMap { step in
            let operation = step.operation
            guard operation.isMarkDeleting || operation.isUndefinition || operation.deletedFile != nil else {
                return nil
            }
            guard let uuid = operation.domain else { return nil }
            let mark = evidence.domains[Evidence.Place(node: step.node, uuid: uuid)]?.mark
            guard let mark, mark.protect else { return nil }
            return Violation(.protection, step.id, "instance \(mark.instance) is protected")
        }
    }
}
