import Spec

extension NetworkEmitter {
    /// Makes, starts and updates our networks on every node where a wanted instance has a NIC in them.
    mutating func planNetworks() {
        var users: [Location: [Instance]] = [:]
        for instance in existing + missing {
            guard let home = home(of: instance.name) else { continue }
            for network in Set(instance.nics.map(\.network)) {
                users[Location(node: home, what: network.text), default: []].append(instance)
            }
        }
        for location in users.keys {
            guard let name = Name(location.what), let node = answered[location.node],
                let network = cluster.networks[name], network.overlayNumber != nil,
                ownedNetwork(name, on: node) != nil || obstacle(to: network, on: node) == nil
            else { continue }
            usingNodes[name, default: []].insert(location.node)
        }
        for (location, instances) in users.sorted(by: { $0.key < $1.key }) {
            guard let observed = answered[location.node], let name = Name(location.what),
                let network = cluster.networks[name], network.isOurs
            else { continue }
            let wanted = reservations(in: network, for: instances)
            if let there = ownedNetwork(name, on: observed) {
                update(there, to: network, on: location, reservations: wanted)
            } else if let conflict = obstacle(to: network, on: observed) {
                // What is new waits elsewhere for its reason; what is there lost a network that was made for it.
                guard instances.contains(where: { owned[$0.name] != nil }) else { continue }
                graph.findings.refusals.append(
                    Plan.Refusal(
                        ObjectReference(.network, network.name.text, on: location.node), reason: conflict.reason,
                        remedy: conflict.remedy,
                        position: network.position))
            } else {
                create(network, on: location, reservations: wanted)
            }
        }
        connect()
    }

    private mutating func create(_ network: Network, on location: Location, reservations: [Reservation]) {
        let definition = definition(
            of: network, on: location.node, uuid: names.networkUUID(network.name), name: names.network(network.name),
            reservations: reservations)
        let step = StepID("\(location.node)/network/\(network.name)/define")
        let object = ObjectReference(.network, network.name.text, on: location.node)
        add(
            PlannedStep(
                id: step, node: location.node, object: object, operation: .network(.define(definition)),
                expectation: .absent, requires: [.roster(.opening, on: location.node)], record: .isOnRecord),
            as: .network(location))
        graph.findings.changes.append(
            Change(
                .create, object, reason: "an instance there has a NIC in it",
                details: [
                    ([network.mode.text, network.cidr?.description, network.cidr6?.description] as [String?])
                        .compactMap(\.self).joined(separator: " ")
                ],
                position: network.position))
    }

    /// Everything a network is defined with.
    mutating func definition(
        of network: Network, on node: Name, uuid: UniqueID, name: String, reservations: [Reservation]
    ) -> NetworkDefinition {
        var range: AddressRange?
        if case .range(let given) = network.dhcp { range = given }
        var definition = NetworkDefinition(
            name: name,
            mark: NetworkMark(
                cluster: identity, part: network.part, network: network.name, uuid: uuid, applied: network.fields,
                overlay: overlay(of: network, on: node)),
            mode: network.mode, bridge: names.bridge(network.name), bridgeMAC: names.bridgeMAC(network.name),
            cidr: network.cidr, gateway: network.gatewayAddress, dhcpRange: range, hasDHCP: network.hasDHCPService,
            reservations: reservations, mtu: network.packetSize)
        (definition.cidr6, definition.gateway6) = (network.cidr6, network.gatewayAddress6)
        return definition
    }

    mutating func update(
        _ there: ObservedNetwork, to network: Network, on location: Location, reservations wanted: [Reservation]
    ) {
        let object = ObjectReference(.network, network.name.text, on: location.node)
        let prefix = "\(location.node)/network/\(network.name)"
        var definition = definition(
            of: network, on: location.node, uuid: there.uuid, name: there.name, reservations: wanted)
        // Of ours that was cut off while it was taken away, only what runs is left.
        let isDefined = there.definition.map { $0.gateway6 != nil || $0.hidesIPv6 } ?? false
        definition.leavesIPv6 = network.cidr6 == nil && there.mark?.applied["cidr6"] == nil && isDefined
        var ids = change(there, network, to: definition, on: location)
        if !there.isActive {
            let id = StepID("\(prefix)/start")
            add(
                PlannedStep(
                    id: id, node: location.node, object: object,
                    operation: .network(.start(uuid: there.uuid, name: there.name)), requires: ids.map(Requirement.step)
                ))
            ids.append(id)
            graph.findings.changes.append(
                Change(.start, object, reason: "it is stopped, but an instance there has a NIC in it", origin: .drift))
        }
        if !there.autostart || !there.isPersistent, network.isManaged, manages(network.part) {
            let id = StepID("\(prefix)/autostart")
            add(
                PlannedStep(
                    id: id, node: location.node, object: object,
                    operation: .network(.setAutostart(uuid: there.uuid, name: there.name, autostart: true)),
                    after: ids.map(Requirement.step)))
            let isLost = !there.isPersistent
            // What changes a definition needs one.
            if isLost { ids.append(id) }
            let field = FieldChange(
                path: isLost ? "definition" : "autostart", old: isLost ? "gone" : "false",
                new: isLost ? "there" : "true", effect: .live, origin: .drift)
            let reason = isLost ? "it has no definition, so it goes when it stops" : "it does not start with its node"
            graph.findings.changes.append(
                Change(.update, object, reason: reason, fields: [field], position: network.position))
        }
        if let id = reserve(wanted, in: there, on: location, network, after: ids) { ids.append(id) }
        if !network.hasDHCPService, network.isManaged, manages(network.part), !there.reservations.isEmpty {
            unreserve(there, on: location, network, after: ids)
        }
        graph.fulfil(.network(location), by: ids)
    }

    /// Has the network's DHCP server keep the addresses of its instances; nil where it does.
    private mutating func reserve(
        _ wanted: [Reservation], in there: ObservedNetwork, on location: Location, _ network: Network,
        after ids: [StepID]
    ) -> StepID? {
        let missing = wanted.filter { reservation in !there.reservations.contains { $0.gives(reservation) } }
        guard !missing.isEmpty else { return nil }
        let object = ObjectReference(.network, network.name.text, on: location.node)
        let inTheWay = reservationsInTheWay(of: missing, there, on: location.node)
        let id = StepID("\(location.node)/network/\(network.name)/reservations")
        add(
            PlannedStep(
                id: id, node: location.node, object: object,
                operation: .network(
                    .updateReservations(
                        uuid: there.uuid, name: there.name, add: missing, remove: inTheWay)),
                requires: ids.map(Requirement.step)))
        let fields = missing.map { reservation in
            FieldChange(
                path: "reservation \(reservation.mac)",
                old: there.reservations.first { $0.mac == reservation.mac }?.address.description,
                new: "\(reservation.address) (\(reservation.name))", effect: .live,
                origin: isExpected(Name(reservation.name) ?? network.name) ? .edit : .drift)
        }
        graph.findings.changes.append(
            Change(.update, object, reason: "its DHCP server lacks reservations for instances", fields: fields))
        return id
    }

    /// Takes away all reservations of a network that is to have no DHCP server.
    private mutating func unreserve(
        _ there: ObservedNetwork, on location: Location, _ network: Network, after ids: [StepID]
    ) {
        let object = ObjectReference(.network, network.name.text, on: location.node)
        add(
            PlannedStep(
                id: StepID("\(location.node)/network/\(network.name)/no-reservations"), node: location.node,
                object: object,
                operation: .network(
                    .updateReservations(
                        uuid: there.uuid, name: there.name, add: [], remove: there.reservations)),
                requires: ids.map(Requirement.step)))
        let fields = there.reservations.map { reservation in
            FieldChange(
                path: "reservation \(reservation.mac)", old: "\(reservation.address) (\(reservation.name))", new: nil,
                effect: .live, origin: there.mark?.applied["dhcp"] == network.fields["dhcp"] ? .drift : .edit)
        }
        graph.findings.changes.append(
            Change(.update, object, reason: "the spec gives it no DHCP server", fields: fields))
    }

    /// Whether this plan brings an instance to where it is going to be.
    private func isExpected(_ instance: Name) -> Bool { placements[instance] != nil || moves[instance] != nil }
}
