import Spec

extension FleetReading {
    /// The name that a renamed instance's domain gets as soon as it is off; nil where it has it, or keeps its own.
    func pendingName(_ owned: OwnedDomain, _ mark: DomainMark) -> String? {
        guard !owned.mark.isAdopted, let name = mark.domainName, name != owned.domain.name else { return nil }
        return name
    }

    /// Who has a name already on a node, in words.
    func nameHolder(_ name: String, on node: Name) -> String? {
        guard let other = domainsByName[name]?.first(where: { $0.node == node }) else { return nil }
        let uuid = answered[node]?.domains[other.number].uuid.text ?? ""
        return "a domain named \(name) with the UUID \(uuid) exists on \(node)"
    }

    /// Why libvirt would not rename a domain even while it is off.
    func renamingObstacle(_ domain: ObservedDomain) -> String? {
        if !domain.snapshots.isEmpty {
            let names = domain.snapshots.map(\.name).joined(separator: ", ")
            return "libvirt cannot rename a domain with snapshots (\(names)): delete them with `kvmctl snapshot delete`"
        }
        return domain.hasManagedSave ? "libvirt cannot rename a domain with saved memory: start it first" : nil
    }
}
