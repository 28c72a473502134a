import Spec

extension InstanceComparer {
    /// Has the domain's name follow the instance's: at once where it is off, else at the next power-off.
    ///
    /// What an adopted domain is called is its owner's business.
    func compareDomainName(_ comparison: Comparison, _ update: inout InstanceUpdate) {
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
            update.refuse(
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
}
