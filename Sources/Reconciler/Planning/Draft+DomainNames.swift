import Spec

extension Draft {
    /// The name that a renamed instance's domain gets as soon as it is off; nil where it has it, or keeps its own.
    func pendingName(_ owned: OwnedDomain, _ mark: DomainMark) -> String? {
        guard !owned.mark.isAdopted, let name = mark.domainName, name != owned.domain.name else { return nil }
        return name
    }

    /// Has the domain's name follow the instance's: at once where it is off, else at the next power-off.
    ///
    /// What an adopted domain is called is its owner's business.
    mutating func compareDomainName(_ comparison: Comparison, _ update: inout InstanceUpdate) {
        let (instance, owned) = (comparison.instance, comparison.owned)
        guard !owned.mark.isAdopted else { return }
        let isRenamedNow = owned.mark.instance != instance.name
        if isRenamedNow {
            let wanted = names.domain(instance.name)
            update.mark.domainName = wanted == owned.domain.name ? nil : wanted
        }
        guard let name = pendingName(owned, update.mark) else { return }
        let why = nameHolder(name, on: owned.node) ?? renamingObstacle(owned.domain)
        if isRenamedNow, let holder = nameHolder(name, on: owned.node) {
            refuse(
                comparison, "renamedFrom", "it cannot be renamed: \(holder)",
                remedy: "rename that domain (virsh domrename) or remove it, or choose another name")
        } else if let why {
            update.blocked.append((nameField(comparison, name), why))
        } else if moves[instance.name] == nil || isRenamedNow {
            update.domainName = name
            guard !owned.domain.isActive else { return }
            update.isRenamedNow = true
            update.fields.append(nameField(comparison, name))
        }
    }

    private func nameField(_ comparison: Comparison, _ name: String) -> FieldChange {
        FieldChange(
            path: "domain name", old: comparison.owned.domain.name, new: name, effect: .nextBoot, origin: .edit,
            position: comparison.position(of: "renamedFrom"))
    }

    /// Who has a name already on a node, in words.
    func nameHolder(_ name: String, on node: Name) -> String? {
        guard let other = domainsByName[name]?.first(where: { $0.node == node }) else { return nil }
        let uuid = answered[node]?.domains[other.number].uuid.text ?? ""
        return "a domain named \(name) with the UUID \(uuid) is on \(node)"
    }

    /// Why libvirt would not rename a domain even while it is off.
    func renamingObstacle(_ domain: ObservedDomain) -> String? {
        if !domain.snapshots.isEmpty {
            let names = domain.snapshots.map(\.name).joined(separator: ", ")
            return "libvirt renames no domain with snapshots (\(names)): delete them with `kvmctl snapshot delete`"
        }
        return domain.hasManagedSave ? "libvirt renames no domain whose memory is saved: start it first" : nil
    }
}
