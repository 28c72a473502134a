import Spec

extension IdentityAssigner {
    mutating func refuseTaken(_ instance: Instance, _ what: String, by other: IdentityHolder, field: String) {
        refuseIdentity(
            instance, "its \(what) belongs to \(other)", "choose another, or leave the choice to kvmctl", field: field)
    }

    mutating func refuseLeaving(_ instance: Instance, _ what: String, _ other: Name, field: String) {
        refuseIdentity(
            instance, "its \(what) belongs to instance \(other), which goes first", "apply again when it is gone",
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
