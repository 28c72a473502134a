import Spec

extension Draft {
    func reservations(in network: Network, for instances: [Instance]) -> [Reservation] {
        guard network.hasDHCPService else { return [] }
        var reservations: [Reservation] = []
        for instance in instances {
            for nic in instance.nics where nic.network == network.name {
                // What is left alone now may still have the address that it had in another network.
                guard let given = nics[instance.name]?[nic.name], let address = given.address,
                    frozen[instance.name] == nil || network.cidr?.contains(address) ?? true
                else { continue }
                reservations.append(Reservation(mac: given.mac, address: address, name: instance.name.text))
            }
        }
        return reservations.sorted { $0.mac < $1.mac }
    }

    /// What keeps wanted addresses for MACs that get another one, that no domain there has any more, or only one that
    /// goes in this plan.
    func reservationsInTheWay(
        of wanted: [Reservation], _ there: ObservedNetwork, on node: Name
    ) -> [Reservation] {
        let addresses = Dictionary(wanted.map { ($0.address, $0.mac) }) { first, _ in first }
        let candidates = there.reservations.filter { old in addresses[old.address].map { $0 != old.mac } ?? false }
        guard !candidates.isEmpty else { return [] }
        let staying = stayingMACs(in: there, on: node)
        let replaced = Set(wanted.map(\.mac))
        return candidates.filter { !staying.contains($0.mac) || replaced.contains($0.mac) }.sorted { $0.mac < $1.mac }
    }

    /// The MACs in a network of the domains on a node that this plan does not remove, whosever they are.
    private func stayingMACs(in network: ObservedNetwork, on node: Name) -> Set<MACAddress> {
        var macs: Set<MACAddress> = []
        for domain in answered[node]?.domains ?? [] {
            let isLeaving = domain.mark.map { mark in
                removals[mark.instance] != nil && owned[mark.instance]?.domain.uuid == domain.uuid
            }
            guard isLeaving != true else { continue }
            macs.formUnion(domain.nics.filter { $0.attachment == .network(network.name) }.map(\.mac))
            guard isLeaving == false, let mark = domain.mark else { continue }
            let old = Set(mark.nics.values.map(\.mac))
            let new = updates[mark.instance].map { Set($0.mark.nics.values.map(\.mac)) } ?? old
            macs.subtract(old.subtracting(new))
            macs.formUnion(new)
        }
        return macs
    }

    /// Takes removed instances' reservations away before their domains go, so that a run that stops in between is
    /// finished by the next, and those of instances that are elsewhere now.
    mutating func removeReservations(
        _ there: ObservedNetwork, _ mark: NetworkMark, on node: Name, of leaving: [(key: Name, value: StepID)]
    ) {
        let object = ObjectReference(.network, mark.network.text, on: node)
        var released: Set<MACAddress> = []
        for (instance, undefine) in leaving {
            guard let owned = owned[instance], placements[instance]?.node != node else { continue }
            let macs = Set(owned.mark.nics.values.map(\.mac))
            released.formUnion(macs)
            let theirs = there.reservations.filter { macs.contains($0.mac) }
            guard !theirs.isEmpty, let index = removalSteps[undefine] else { continue }
            let step = Step(
                id: StepID("\(node)/network/\(mark.network)/release/\(instance)"), node: node, object: object,
                operation: .network(.updateReservations(uuid: there.uuid, name: there.name, add: [], remove: theirs)),
                requires: [StepID("\(node)/instance/\(instance)/mark-deleting")])
            steps[index].requires.append(step.id)
            add(step)
        }
        let stale = there.reservations.filter { !released.contains($0.mac) && isStale($0, in: there, on: node) }
        guard !stale.isEmpty else { return }
        add(
            Step(
                id: StepID("\(node)/network/\(mark.network)/release"), node: node, object: object,
                operation: .network(.updateReservations(uuid: there.uuid, name: there.name, add: [], remove: stale))))
        changes.append(
            Change(
                .update, object, reason: "its DHCP server keeps addresses for instances that are not there",
                details: stale.map { "\($0.address) (\($0.name))" }))
    }

    /// Whether a reservation is of an instance of the run's parts that is or will be on another node.
    private func isStale(_ reservation: Reservation, in network: ObservedNetwork, on node: Name) -> Bool {
        guard let instance = Name(reservation.name), let home = home(of: instance), home != node else { return false }
        guard let part = cluster.instances[instance]?.part, manages(part) else { return false }
        return !stayingMACs(in: network, on: node).contains(reservation.mac)
    }
}
