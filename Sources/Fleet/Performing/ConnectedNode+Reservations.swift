import Libvirt
import Reconciler
import Spec

extension ConnectedNode {
    /// Brings a network's reservations in line, in what runs and in the definition, each by its own difference.
    ///
    /// libvirt refuses to add what is there and to delete what is not; a MAC whose address differs is replaced.
    func update(
        _ network: ObservedNetwork, add: [Reservation], remove: [Reservation]
    ) async throws -> StepResult {
        let name = network.name
        return try await connection.changes.call("updating reservations of network \(name)") { libvirt in
            var changed = false
            for impact: ModificationImpact in network.isActive ? [.live, .config] : [.config] {
                let xml = try libvirt.networkXML(name, inactive: impact == .config)
                let present = try ObservedNetwork(
                    uuid: network.uuid, name: name, isActive: false, autostart: false, inactiveXML: xml
                ).reservations
                for update in ReservationChanges(present: present, add: add, remove: remove).updates {
                    try libvirt.updateNetwork(name, update, affecting: impact)
                    changed = true
                }
            }
            return changed ? .done : .unchanged
        }
    }
}

/// What turns the reservations that are there into those that should be.
struct ReservationChanges: Equatable {
    var delete: [Reservation] = []
    var add: [Reservation] = []

    init(present: [Reservation], add wanted: [Reservation], remove unwanted: [Reservation]) {
        let byMAC = Dictionary(present.map { ($0.mac, $0) }) { first, _ in first }
        let keep = Set(wanted.map(\.mac))
        // A reservation that was given to somebody else meanwhile is not the one to be removed.
        delete = unwanted.filter { byMAC[$0.mac]?.address == $0.address && !keep.contains($0.mac) }
        for reservation in wanted {
            guard let old = byMAC[reservation.mac] else {
                add.append(reservation)
                continue
            }
            guard old.address != reservation.address else { continue }
            delete.append(old)
            add.append(reservation)
        }
    }

    /// Deletions first, so that an address is free before it is given again.
    var updates: [NetworkUpdate] {
        delete.map { NetworkUpdate(.delete, .dhcpHost, xml: NetworkXML.text($0)) }
            + add.map { NetworkUpdate(.addLast, .dhcpHost, xml: NetworkXML.text($0)) }
    }
}
