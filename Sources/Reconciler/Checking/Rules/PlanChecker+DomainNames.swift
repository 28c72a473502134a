import Spec

extension PlanChecker {
    /// A domain is called otherwise only while it is off, as its mark says, and as no other on its node is called.
    static func checkDomainNames(_ evidence: Evidence) -> [Violation] {
        evidence.steps(where: \.isUpdate).compactMap { index, step in
            guard case .update(let update) = step.operation, case .rename(let name) = update.action else {
                return nil
            }
            let others = evidence.nodes[step.node]?.domains.filter { $0.uuid != update.uuid } ?? []
            if let other = others.first(where: { $0.name == name }) {
                return Violation(.foreignName, step.id, "a domain named \(name) with the UUID \(other.uuid) exists")
            }
            if let domain = evidence.owned(Evidence.Place(node: step.node, uuid: update.uuid)) {
                return checkHere(domain, name, index, step, evidence)
            }
            let source = evidence.nodesByDomain[update.uuid]?.first.flatMap {
                evidence.owned(Evidence.Place(node: $0, uuid: update.uuid))
            }
            guard let source, source.mark?.domainName == name, !source.isActive else {
                return Violation(.update, step.id, "no mark records its new name \(name), or it is running")
            }
            return nil
        }
    }

    private static func checkHere(
        _ domain: ObservedDomain, _ name: String, _ index: Int, _ step: Step, _ evidence: Evidence
    ) -> Violation? {
        func waits(_ matches: (Operation) -> Bool) -> Bool {
            evidence.requires(index) { other in
                let operation = evidence.plan.steps[other].operation
                return operation.domain == domain.uuid && matches(operation)
            }
        }
        if domain.mark?.isAdopted == true {
            return Violation(.ownership, step.id, "domain \(domain.name) is adopted and keeps its name")
        }
        guard domain.mark?.domainName == name || waits({ $0.edit?.mark.domainName == name }) else {
            return Violation(.update, step.id, "no mark records its new name \(name)")
        }
        guard !domain.isActive || waits(\.isStop) else {
            return Violation(.update, step.id, "libvirt cannot rename a running domain")
        }
        return domain.snapshots.isEmpty
            ? nil : Violation(.update, step.id, "libvirt cannot rename a domain with snapshots")
    }
}
