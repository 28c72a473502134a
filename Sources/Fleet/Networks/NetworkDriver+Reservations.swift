import Libvirt
import Reconciler
import Spec

extension NetworkDriver {
    /// Brings a network's reservations in line, in what runs and in the definition, each by its own difference.
    ///
    /// libvirt refuses to add what is there and to delete what is not; a MAC whose address or name differs is replaced.
    func update(
        _ network: ObservedNetwork, add: [Reservation], remove: [Reservation]
    ) async throws -> StepResult {
        let name = network.name
        let isActive = network.isActive
        return try await connection.changes.call("updating reservations of network \(name)") { libvirt in
            let definition = try libvirt.networkXML(name, inactive: true)
            let defined = try ReservationChanges(network, xml: definition, add: add, remove: remove)
            var live = ReservationChanges()
            if isActive {
                let running = try libvirt.networkXML(name, inactive: false)
                live = try ReservationChanges(network, xml: running, add: add, remove: remove)
            }
            // Each call makes libvirt write files and wake its DHCP server: one for both takes half the time.
            let both: ModificationImpact = [.live, .config]
            let rounds = isActive && live == defined ? [(live, both)] : [(live, .live), (defined, .config)]
            for (changes, impact) in rounds {
                for update in changes.updates { try libvirt.updateNetwork(name, update, affecting: impact) }
            }
            return live.updates.isEmpty && defined.updates.isEmpty ? .unchanged : .done
        }
    }
}

/// What turns the reservations that are there into those that should be.
struct ReservationChanges: Equatable {
    var delete: [Reservation] = []
    var add: [Reservation] = []

    init() {}

    /// - Parameter xml: of the network as defined, or as it runs.
    init(
        _ network: ObservedNetwork, xml: String, add: [Reservation], remove: [Reservation]
    ) throws(XMLReadingError) {
        let present = try ObservedNetwork(
            uuid: network.uuid, name: network.name, isActive: false, autostart: false, inactiveXML: xml)
        self.init(present: present.reservations, add: add, remove: remove)
    }

    init(present: [Reservation], add wanted: [Reservation], remove unwanted: [Reservation]) {
        let byMAC = Dictionary(present.map { ($0.mac, $0) }) { first, _ in first }
        let keep = Set(wanted.map(\.mac))
        // A reservation that was given to somebody else meanwhile is not the one to be removed.
        delete = unwanted.filter { !keep.contains($0.mac) }.compactMap { unwanted in
            byMAC[unwanted.mac].flatMap { $0.address == unwanted.address ? $0 : nil }
        }
        // A name is one reservation's: libvirt adds no other with it. Of several NICs of a guest one has it.
        var names: Set<String> = []
        for var reservation in wanted {
            if !reservation.name.isEmpty, !names.insert(reservation.name).inserted { reservation.name = "" }
            guard let old = byMAC[reservation.mac] else {
                add.append(reservation)
                continue
            }
            guard old != reservation, !old.name.isEmpty || old.address != reservation.address else { continue }
            delete.append(old)
            add.append(reservation)
        }
        for other in present where names.contains(other.name) && !keep.contains(other.mac) && !delete.contains(other) {
            delete.append(other)
            add.append(Reservation(mac: other.mac, address: other.address, name: ""))
        }
    }

    /// Deletions first, so that an address is free before it is given again.
    var updates: [NetworkUpdate] {
        delete.map { NetworkUpdate(.delete, .dhcpHost, xml: NetworkXML.text($0)) }
            + add.map { NetworkUpdate(.addLast, .dhcpHost, xml: NetworkXML.text($0)) }
    }
}
