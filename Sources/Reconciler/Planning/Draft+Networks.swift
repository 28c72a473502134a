import Spec

extension Draft {
    /// Why one of our networks cannot be on a node; nil where it is there or can be made.
    func networkConflict(_ network: Network, on node: ObservedNode) -> Obstacle? {
        if ownedNetwork(network.name, on: node) != nil { return nil }
        if refusedNetworks.contains(network.name) {
            return Obstacle("the edit of network \(network.name) is refused", remedy: "see the refusal of the network")
        }
        return nameConflict(network, on: node)
            ?? network.cidr.flatMap { addressConflict($0, besides: names.bridge(network.name), on: node) }.map {
                Obstacle("\($0.reason) (network \(network.name))", remedy: $0.remedy)
            }
    }

    /// Why a network cannot have its addresses on a node: the node is in them, reaches something in them, or this very
    /// run reaches the node from one of them; once the network's bridge has them, all that is out of reach.
    ///
    /// - Parameter bridge: the network's own, which may have them already.
    func addressConflict(_ cidr: CIDR, besides bridge: String, on node: ObservedNode) -> Obstacle? {
        // What bridges of libvirt's networks have is compared by their networks.
        let bridges = Set(node.networks.compactMap(\.bridge) + [bridge])
        let remedy = "choose a cidr that \(node.name) does not use, such as one of 192.168.0.0/16 that is free there"
        if let client = node.client, cidr.contains(client) {
            return Obstacle("\(cidr) covers \(client), from where this run reaches the node", remedy: remedy)
        }
        for block in node.blocks where !bridges.contains(block.interface) && block.cidr.prefix > 0 {
            // A route through a gateway may be wide, and leaves room for smaller networks within it.
            let isHit =
                block.isBehindGateway
                ? cidr.prefix <= block.cidr.prefix && cidr.contains(block.cidr.network) : cidr.overlaps(block.cidr)
            guard isHit else { continue }
            let what = block.isBehindGateway ? "its route to \(block.cidr)" : "its own network \(block.cidr)"
            return Obstacle("\(cidr) overlaps \(what) on \(block.interface)", remedy: remedy)
        }
        return nil
    }

    private func nameConflict(_ network: Network, on node: ObservedNode) -> Obstacle? {
        guard !node.networks.isEmpty else { return nil }
        let name = names.network(network.name)
        let uuid = networkIDs[network.name]
        if let other = node.networks.first(where: { $0.name == name || $0.uuid == uuid }) {
            return Obstacle(
                "a network \(other.name) is there that does not carry this cluster's mark (network \(network.name))",
                remedy: "rename or undefine that network on \(node.name)")
        }
        guard let cidr = network.cidr else { return nil }
        if let other = node.networks.first(where: { $0.isActive && $0.cidr.map(cidr.overlaps) ?? false }) {
            return Obstacle(
                "its network \(other.name), which is not this cluster's, uses \(cidr) (network \(network.name))",
                remedy: "choose another cidr, or remove that network on \(node.name)")
        }
        return nil
    }

    func ownedNetwork(_ network: Name, on node: ObservedNode) -> ObservedNetwork? {
        node.networks.first { $0.mark?.cluster == identity && $0.mark?.network == network && $0.mark?.uuid == $0.uuid }
    }

    /// Makes, starts and updates our networks on every node where a wanted instance has a NIC in them.
    mutating func planNetworks() {
        var users: [Location: [Instance]] = [:]
        for instance in existing + missing {
            guard let home = home(of: instance.name) else { continue }
            for network in Set(instance.nics.map(\.network)) {
                users[Location(node: home, what: network.text), default: []].append(instance)
            }
        }
        for (location, instances) in users.sorted(by: { $0.key < $1.key }) {
            guard let observed = answered[location.node], let name = Name(location.what),
                let network = cluster.networks[name], network.isOurs
            else { continue }
            let wanted = reservations(in: network, for: instances)
            if let there = ownedNetwork(name, on: observed) {
                update(there, to: network, on: location, reservations: wanted)
            } else if let conflict = networkConflict(network, on: observed) {
                // What is new waits elsewhere for its reason; what is there lost a network that was made for it.
                guard instances.contains(where: { owned[$0.name] != nil }) else { continue }
                refusals.append(
                    Plan.Refusal(
                        ObjectReference(.network, network.name.text, on: location.node), reason: conflict.reason,
                        remedy: conflict.remedy,
                        position: network.position))
            } else {
                create(network, on: location, reservations: wanted)
            }
        }
    }

    private mutating func create(_ network: Network, on location: Location, reservations: [Reservation]) {
        let definition = definition(
            of: network, uuid: names.networkUUID(network.name), name: names.network(network.name),
            reservations: reservations)
        let step = StepID("\(location.node)/network/\(network.name)/define")
        networkSteps[location] = [step]
        let object = ObjectReference(.network, network.name.text, on: location.node)
        add(
            Step(
                id: step, node: location.node, object: object, operation: .network(.define(definition)),
                expectation: .absent,
                requires: [openingRoster(location.node)]))
        changes.append(
            Change(
                .create, object, reason: "an instance there has a NIC in it",
                details: network.cidr.map { ["\(network.modeText) \($0)"] } ?? [network.modeText],
                position: network.position))
    }

    /// Everything a network is defined with.
    private func definition(
        of network: Network, uuid: UniqueID, name: String, reservations: [Reservation]
    ) -> NetworkDefinition {
        var range: AddressRange?
        if case .range(let given) = network.dhcp { range = given }
        return NetworkDefinition(
            name: name,
            mark: NetworkMark(
                cluster: identity, part: network.part, network: network.name, uuid: uuid, applied: network.fields),
            isNAT: network.mode == .nat, bridge: names.bridge(network.name), bridgeMAC: names.bridgeMAC(network.name),
            cidr: network.cidr, gateway: network.gatewayAddress, dhcpRange: range, hasDHCP: network.hasDHCPService,
            reservations: reservations)
    }

    mutating func update(
        _ there: ObservedNetwork, to network: Network, on location: Location, reservations wanted: [Reservation]
    ) {
        let object = ObjectReference(.network, network.name.text, on: location.node)
        let prefix = "\(location.node)/network/\(network.name)"
        let definition = definition(of: network, uuid: there.uuid, name: there.name, reservations: wanted)
        var ids = change(there, network, to: definition, on: location)
        if !there.isActive {
            let id = StepID("\(prefix)/start")
            add(
                Step(
                    id: id, node: location.node, object: object,
                    operation: .network(.start(uuid: there.uuid, name: there.name)), requires: ids))
            ids.append(id)
            changes.append(
                Change(.start, object, reason: "it is stopped, and an instance there has a NIC in it", origin: .drift))
        }
        if !there.autostart, network.isManaged, manages(network.part) {
            add(
                Step(
                    id: StepID("\(prefix)/autostart"), node: location.node, object: object,
                    operation: .network(.setAutostart(uuid: there.uuid, name: there.name, autostart: true)),
                    after: ids))
            let field = FieldChange(path: "autostart", old: "false", new: "true", effect: .live, origin: .drift)
            changes.append(
                Change(
                    .update, object, reason: "it would not start with its node", fields: [field],
                    position: network.position))
        }
        let missing = wanted.filter { reservation in !there.reservations.contains { $0.gives(reservation) } }
        if !missing.isEmpty {
            let inTheWay = reservationsInTheWay(of: missing, there, on: location.node)
            let id = StepID("\(prefix)/reservations")
            add(
                Step(
                    id: id, node: location.node, object: object,
                    operation: .network(
                        .updateReservations(
                            uuid: there.uuid, name: there.name, add: missing, remove: inTheWay)),
                    requires: ids))
            ids.append(id)
            let fields = missing.map { reservation in
                FieldChange(
                    path: "reservation \(reservation.mac)",
                    old: there.reservations.first { $0.mac == reservation.mac }?.address.description,
                    new: "\(reservation.address) (\(reservation.name))", effect: .live,
                    origin: isExpected(Name(reservation.name) ?? network.name) ? .edit : .drift)
            }
            changes.append(
                Change(.update, object, reason: "its DHCP server keeps the instances' addresses", fields: fields))
        }
        if !network.hasDHCPService, network.isManaged, manages(network.part), !there.reservations.isEmpty {
            add(
                Step(
                    id: StepID("\(prefix)/no-reservations"), node: location.node, object: object,
                    operation: .network(
                        .updateReservations(
                            uuid: there.uuid, name: there.name, add: [], remove: there.reservations)),
                    requires: ids))
            let fields = there.reservations.map { reservation in
                FieldChange(
                    path: "reservation \(reservation.mac)", old: "\(reservation.address) (\(reservation.name))",
                    new: nil,
                    effect: .live, origin: there.mark?.applied["dhcp"] == network.fields["dhcp"] ? .drift : .edit)
            }
            changes.append(Change(.update, object, reason: "it is to have no DHCP server", fields: fields))
        }
        networkSteps[location] = ids
    }

    /// Whether this plan brings an instance to where it is going to be.
    private func isExpected(_ instance: Name) -> Bool { placements[instance] != nil || moves[instance] != nil }
}
