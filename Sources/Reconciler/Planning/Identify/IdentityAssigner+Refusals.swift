import Spec

extension IdentityAssigner {
    mutating func refuseTaken(_ instance: Instance, _ what: String, by other: IdentityHolder, field: String) {
        refuseIdentity(
            instance, "its \(what) is already used by \(other)", "choose another one, or let kvmctl choose",
            field: field)
    }

    mutating func refuseLeaving(_ instance: Instance, _ what: String, _ other: Name, field: String) {
        refuseIdentity(
            instance, "its \(what) is still used by instance \(other), which is deleted first",
            "apply again afterwards",
            field: field)
    }

    mutating func refuseExhausted(_ network: Network, _ nic: NIC, _ instance: Instance) {
        refuseIdentity(
            instance, "network \(network.name) has no free address for \(nic.name)",
            "widen `addresses` of \(network.name), or remove instances", field: "nics.\(nic.name)")
    }

    mutating func refuseIdentity(_ instance: Instance, _ reason: String, _ remedy: String, field: String) {
        identities.excluded.insert(instance.name)
        identities.findings.refusals.append(
            Plan.Refusal(
                ObjectReference(.instance, instance.name.text, on: nil), reason: reason, remedy: remedy,
                position: instance.positions[field] ?? instance.position))
    }
}
