import Spec

extension FleetReading {
    /// What an instance was called before: what the spec says, or for the first member of a group the group's own name.
    func formerName(of instance: Instance) -> Name? {
        let old = instance.renamedFrom ?? (instance.member == 1 ? instance.group : nil)
        guard let old, old != instance.name, cluster.instances[old] == nil else { return nil }
        return old
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
