import Spec

extension PlanChecker {
    /// An instance is defined on one node only, and not where another may hold it already.
    static func checkOneHome(_ evidence: Evidence) -> [Violation] {
        var homes: [Name: Name] = [:]
        var found: [Violation] = []
        for step in evidence.plan.steps {
            if let uuid = step.operation.startedDomain,
                let other = evidence.disputant(of: Evidence.Place(node: step.node, uuid: uuid))
            {
                found.append(Violation(.oneHome, step.id, "\(other) did not answer and may run it"))
            }
            guard case .domain(.define(let definition)) = step.operation else { continue }
            let instance = definition.mark.instance
            if let home = homes.updateValue(step.node, forKey: instance) {
                found.append(Violation(.oneHome, step.id, "instance \(instance) is defined on \(home) as well"))
            }
            for place in evidence.seen[instance] ?? [] {
                let isItself = place.node == step.node && place.uuid == definition.uuid
                if !isItself, !isUndefined(place.uuid, before: step, evidence) {
                    found.append(Violation(.oneHome, step.id, "\(place.node) has instance \(instance)"))
                }
            }
            let entry = evidence.roster?.instances[instance]
            for holder in [entry?.node, entry?.alsoOn].compactMap(\.self) where holder != step.node {
                guard evidence.isUnreachable(holder) else { continue }
                found.append(Violation(.oneHome, step.id, "\(holder) may have instance \(instance)"))
            }
            if evidence.seen[instance] == nil, let witness = evidence.witnesses[instance]?.min(), witness != entry?.node
            {
                found.append(
                    Violation(.oneHome, step.id, "according to a roster, \(witness) has instance \(instance)"))
            }
            for name in evidence.nodesByDomain[definition.uuid] ?? [] where name != step.node {
                if !isUndefined(definition.uuid, before: step, evidence) {
                    found.append(Violation(.oneHome, step.id, "\(name) has a domain with this UUID"))
                }
            }
        }
        return found
    }
}
