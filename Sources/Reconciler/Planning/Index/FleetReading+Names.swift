import Spec

extension FleetReading {
    /// What an instance was called before.
    func formerName(of instance: Instance) -> Name? { cluster.formerName(of: instance) }

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
