import Spec

extension FleetIndexBuilder {
    /// Finds this cluster's domains by their marks, and what must be left alone because it is in conflict.
    mutating func indexOwned() {
        var found: [Name: [OwnedDomain]] = [:]
        for node in answeredNames {
            for (number, domain) in (answered[node]?.domains ?? []).enumerated() {
                index.domains.byName[domain.name, default: []].append(DomainLocation(node: node, number: number))
                index.domains.byUUID[domain.uuid, default: []].append(DomainLocation(node: node, number: number))
                guard let mark = domain.mark, mark.cluster == identity, mark.uuid == domain.uuid else { continue }
                found[mark.instance, default: []].append(OwnedDomain(node: node, domain: domain, mark: mark))
            }
        }
        for (instance, domains) in found.sorted(by: { $0.key < $1.key }) {
            if domains.count == 1, let only = domains.first {
                index.domains.owned[instance] = only
            } else if let winner = recallTwoPlaces(domains) {
                index.domains.owned[instance] = winner
            } else if !index.conflicts.contains(instance) {
                let places = domains.map { "\($0.domain.name) on \($0.node)" }.joined(separator: " and ")
                index.conflicts.insert(instance)
                index.findings.refusals.append(
                    Plan.Refusal(
                        ObjectReference(.instance, instance.text, on: nil),
                        reason: "it exists more than once: \(places)",
                        remedy: "find out which one is right, and undefine the other with virsh on its node",
                        position: cluster.instances[instance]?.position))
            }
        }
        adoptRenamed()
        noticeLostHistory()
    }

    /// Takes the domain of the name that an instance had before for the instance's own.
    ///
    /// One that was never finished holds nothing yet: it goes, and the instance is made under its new name.
    private mutating func adoptRenamed() {
        // What goes goes under the name that its mark has.
        guard !isDestroy else { return }
        let renamed = cluster.instances.values.filter { manages($0.part) && formerName(of: $0) != nil }
        for instance in renamed.sorted(by: { $0.name < $1.name }) {
            guard let old = formerName(of: instance), let domain = owned[old], manages(domain.mark.part),
                domain.mark.phase == .active || domain.mark.phase == .replacing
            else { continue }
            guard index.awaitingMigration[old] == nil else {
                // Under either name it is left alone.
                index.conflicts.insert(instance.name)
                continue
            }
            guard owned[instance.name] == nil, !index.conflicts.contains(instance.name) else {
                guard instance.renamedFrom != nil else { continue }
                index.conflicts.formUnion([instance.name, old])
                index.findings.refusals.append(
                    Plan.Refusal(
                        ObjectReference(.instance, instance.name.text, on: domain.node),
                        reason: "it was renamed from \(old), but both \(old) and \(instance.name) exist",
                        remedy: "remove renamedFrom to have \(old) deleted, or delete \(instance.name) first",
                        position: instance.positions["renamedFrom"] ?? instance.position))
                continue
            }
            index.domains.owned[old] = nil
            index.domains.owned[instance.name] = domain
            index.history.instances[instance.name] = history.instances[instance.name] ?? history.instances[old]
            index.history.instances[old] = nil
            index.domains.renamed[old] = instance.name
            index.unfinishedMigrations[instance.name] = index.unfinishedMigrations.removeValue(forKey: old)
        }
    }
}
