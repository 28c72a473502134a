import Spec

extension NetworkEmitter {
    func reservations(in network: Network, for instances: [Instance]) -> [Reservation] {
        guard network.hasDHCPService else { return [] }
        var reservations: [Reservation] = []
        for instance in instances {
            for nic in instance.nics where nic.network == network.name {
                // What is left alone now may still have the address that it had in another network.
                guard let given = nics[instance.name]?[nic.name], let address = given.address,
                    awaitingMigration[instance.name] == nil || network.cidr?.contains(address) ?? true
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
}
