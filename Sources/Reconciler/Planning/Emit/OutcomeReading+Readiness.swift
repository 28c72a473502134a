import Spec

extension OutcomeReading {
    /// The wait for an instance to be ready.
    func readyStep(_ instance: Instance, on node: Name, uuid: UniqueID, name: String, after last: StepID?)
        -> PlannedStep
    {
        let prefix = "\(node)/instance/\(instance.name)"
        let expected = instance.nics.compactMap { nic -> Reservation? in
            guard let given = nics[instance.name]?[nic.name], let address = given.address else { return nil }
            return Reservation(mac: given.mac, address: address, name: nic.name.text)
        }
        return PlannedStep(
            id: StepID("\(prefix)/ready"), node: node, object: ObjectReference(.instance, instance.name.text, on: node),
            operation: .domain(
                .awaitReady(ReadinessCheck(uuid: uuid, name: name, ready: instance.ready, addresses: expected))),
            requires: [last].compactMap(\.self).map(Requirement.step))
    }
}
