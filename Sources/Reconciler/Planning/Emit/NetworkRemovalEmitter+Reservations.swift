import Spec

extension NetworkRemovalEmitter {
    /// Takes removed instances' reservations away before their domains go, so that a run that stops in between is
    /// finished by the next, and those of instances that are elsewhere now.
    mutating func removeReservations(
        _ there: ObservedNetwork, _ mark: NetworkMark, on node: Name, of leaving: [Deletion]
    ) {
        let object = ObjectReference(.network, mark.network.text, on: node)
        var released: Set<MACAddress> = []
        for deletion in leaving where placements[deletion.owned.mark.instance]?.node != node {
            let instance = deletion.owned.mark.instance
            let macs = Set(deletion.owned.mark.nics.values.map(\.mac))
            released.formUnion(macs)
            let theirs = there.reservations.filter { macs.contains($0.mac) }
            guard !theirs.isEmpty else { continue }
            let step = PlannedStep(
                id: StepID("\(node)/network/\(mark.network)/release/\(instance)"), node: node, object: object,
                operation: .network(.updateReservations(uuid: there.uuid, name: there.name, add: [], remove: theirs)),
                requires: [.step(deletion.marking)])
            graph.require(.step(step.id), before: deletion.undefinition)
            add(step)
        }
        let stale = there.reservations.filter { !released.contains($0.mac) && isStale($0, in: there, on: node) }
        guard !stale.isEmpty else { return }
        add(
            PlannedStep(
                id: StepID("\(node)/network/\(mark.network)/release"), node: node, object: object,
                operation: .network(.updateReservations(uuid: there.uuid, name: there.name, add: [], remove: stale))))
        graph.findings.changes.append(
            Change(
                .update, object, reason: "its DHCP server has reservations for instances that do not exist",
                details: stale.map { "\($0.address) (\($0.name))" }))
    }

    /// Whether a reservation is of an instance of the run's parts that is or will be on another node.
    private func isStale(_ reservation: Reservation, in network: ObservedNetwork, on node: Name) -> Bool {
        guard let instance = Name(reservation.name), let home = home(of: instance), home != node else { return false }
        guard let part = cluster.instances[instance]?.part, manages(part) else { return false }
        return !stayingMACs(in: network, on: node).contains(reservation.mac)
    }
}
