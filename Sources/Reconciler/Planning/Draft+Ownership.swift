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
            } else if let winner = recallTwoPlaces(domains) {
                owned[instance] = winner
            } else if !untouchable.contains(instance) {
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
        adoptRenamed()
        noticeLostMemory()
    }

    /// Takes the domain of the name that an instance had before for the instance's own.
    ///
    /// One that was never finished holds nothing yet: it goes, and the instance is made under its new name.
    private mutating func adoptRenamed() {
        // What goes goes under the name that its mark has.
        guard !isDestroy else { return }
        for instance in cluster.instances.values.sorted(by: { $0.name < $1.name }) where manages(instance.part) {
            guard let old = formerName(of: instance), let domain = owned[old], manages(domain.mark.part),
                domain.mark.phase == .active || domain.mark.phase == .replacing
            else { continue }
            guard frozen[old] == nil else {
                // Under either name it is left alone.
                untouchable.insert(instance.name)
                continue
            }
            guard owned[instance.name] == nil, !untouchable.contains(instance.name) else {
                guard instance.renamedFrom != nil else { continue }
                untouchable.formUnion([instance.name, old])
                refusals.append(
                    Plan.Refusal(
                        ObjectReference(.instance, instance.name.text, on: domain.node),
                        reason: "it was renamed from \(old), and both \(old) and \(instance.name) are there",
                        remedy: "remove renamedFrom to have \(old) deleted, or delete \(instance.name) first",
                        position: instance.positions["renamedFrom"] ?? instance.position))
                continue
            }
            owned[old] = nil
            owned[instance.name] = domain
            memory.instances[instance.name] = memory.instances[instance.name] ?? memory.instances[old]
            memory.instances[old] = nil
            renamed[old] = instance.name
        }
    }

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
