import Spec

extension FleetReading {
    /// What an instance was called before.
    func formerName(of instance: Instance) -> Name? { cluster.formerName(of: instance) }

    /// What an instance is called now that is there, whose mark may have the name that it had.
    func currentName(of owned: OwnedDomain) -> Name { renamed[owned.mark.instance] ?? owned.mark.instance }

    /// The UUID that an instance's domain gets where it is made.
    func domainUUID(of instance: Name) -> UniqueID { index.domainIDs[instance] ?? names.domainUUID(instance) }

    /// The foreign domain that stands where an instance's own would be made, if there is one.
    func lookalike(of instance: Name) -> (node: Name, domain: ObservedDomain)? {
        let standing =
            (domainsByName[names.domain(instance)] ?? []) + (domainsByUUID[domainUUID(of: instance)] ?? [])
        for place in standing.sorted() {
            guard let domain = answered[place.node]?.domains[place.number] else { continue }
            if domain.mark?.cluster == identity, domain.mark?.instance == instance { continue }
            return (place.node, domain)
        }
        return nil
    }
}
