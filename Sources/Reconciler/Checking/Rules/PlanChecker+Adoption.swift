import Spec

extension PlanChecker {
    /// Only what nobody has marked is adopted, as what it is, and under a name that no other machine has.
    static func checkAdoption(
        _ step: Step, _ mark: DomainMark, _ place: Evidence.Place, _ evidence: Evidence
    ) -> Violation? {
        guard mark.cluster == evidence.identity, mark.uuid == place.uuid, mark.isAdopted, mark.phase == .active else {
            return Violation(.ownership, step.id, "the mark is not one of this cluster's for an adopted domain")
        }
        guard let domain = evidence.domains[place] else {
            return Violation(.ownership, step.id, "domain \(place.uuid) does not exist")
        }
        guard domain.mark == nil, domain.markProblem == nil else {
            return Violation(.ownership, step.id, "domain \(domain.name) has a mark already")
        }
        guard step.expectation == .unchanged(fingerprint: domain.fingerprint) else {
            return Violation(.ownership, step.id, "it does not expect domain \(domain.name) to be unchanged")
        }
        if let other = evidence.seen[mark.instance]?.first {
            return Violation(.oneHome, step.id, "\(other.node) has instance \(mark.instance)")
        }
        let entry = evidence.roster?.instances[mark.instance]
        let holders = [entry?.node, entry?.alsoOn].compactMap(\.self).filter { $0 != step.node }
        return holders.first(where: evidence.isUnreachable).map {
            Violation(.oneHome, step.id, "\($0) may have instance \(mark.instance)")
        }
    }

    /// An adopted domain is never defined anew, and never given a volume or a seed.
    static func checkAdopted(_ evidence: Evidence) -> [Violation] {
        evidence.plan.steps.compactMap { step in
            switch step.operation {
            case .domain(.define), .storage(.createVolume), .storage(.writeSeed): break
            default: return nil
            }
            guard let uuid = step.operation.domain,
                let domain = evidence.domains[Evidence.Place(node: step.node, uuid: uuid)],
                domain.mark?.isAdopted == true
            else { return nil }
            return Violation(.ownership, step.id, "domain \(domain.name) is adopted and must not be changed")
        }
    }
}
