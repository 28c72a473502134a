import Spec

extension Draft {
    /// Finds this cluster's domains by their marks, and what must be left alone because it is in conflict.
    mutating func indexOwned() {
        var found: [Name: [OwnedDomain]] = [:]
        for node in answeredNames {
            for (number, domain) in (answered[node]?.domains ?? []).enumerated() {
                domainsByName[domain.name, default: []].append(Standing(node: node, number: number))
                domainsByUUID[domain.uuid, default: []].append(Standing(node: node, number: number))
                guard let mark = domain.mark, mark.cluster == identity, mark.uuid == domain.uuid else { continue }
                found[mark.instance, default: []].append(OwnedDomain(node: node, domain: domain, mark: mark))
            }
        }
        for (instance, domains) in found.sorted(by: { $0.key < $1.key }) {
            if domains.count == 1, let only = domains.first {
                owned[instance] = only
            } else {
                let places = domains.map { "\($0.domain.name) on \($0.node)" }.joined(separator: " and ")
                untouchable.insert(instance)
                refusals.append(
                    Plan.Refusal(
                        ObjectReference(.instance, instance.text, on: nil),
                        reason: "it is there more than once: \(places)",
                        remedy: "find out which one is right, and undefine the other with virsh on its node",
                        position: cluster.instances[instance]?.position))
            }
        }
        noticeLostMemory()
    }

    /// The foreign domain that stands where an instance's own would be made, if there is one.
    func lookalike(of instance: Name) -> (node: Name, domain: ObservedDomain)? {
        let standing =
            (domainsByName[names.domain(instance)] ?? []) + (domainsByUUID[names.domainUUID(instance)] ?? [])
        for place in standing.sorted() {
            guard let domain = answered[place.node]?.domains[place.number] else { continue }
            if domain.mark?.cluster == identity, domain.mark?.instance == instance { continue }
            return (place.node, domain)
        }
        return nil
    }
}
