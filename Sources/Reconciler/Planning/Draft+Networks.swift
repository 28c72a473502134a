import Spec

extension Draft {
    /// Why one of our networks cannot be on a node; nil where it is there or can be made.
    func networkConflict(_ network: Network, on node: ObservedNode) -> String? {
        if ownedNetwork(network.name, on: node) != nil { return nil }
        if refusedNetworks.contains(network.name) { return "the edit of network \(network.name) is refused" }
        guard !node.networks.isEmpty else { return nil }
        let name = names.network(network.name)
        let uuid = networkIDs[network.name]
        if let other = node.networks.first(where: { $0.name == name || $0.uuid == uuid }) {
            return "a network \(other.name) is there that does not carry this cluster's mark (network \(network.name))"
        }
        guard let cidr = network.cidr else { return nil }
        if let other = node.networks.first(where: { $0.isActive && $0.cidr.map(cidr.overlaps) ?? false }) {
            return "its network \(other.name), which is not this cluster's, uses \(cidr) (network \(network.name))"
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
                        ObjectReference(.network, network.name.text, on: location.node), reason: conflict,
                        remedy: "rename or undefine that network on \(location.node), and apply again",
                        position: network.position))
            } else {
                create(network, on: location, reservations: wanted)
            }
        }
    }

    private func reservations(in network: Network, for instances: [Instance]) -> [Reservation] {
        guard network.hasDHCPService else { return [] }
        var reservations: [Reservation] = []
        for instance in instances {
            for nic in instance.nics where nic.network == network.name {
                guard let given = nics[instance.name]?[nic.name], let address = given.address else { continue }
                reservations.append(Reservation(mac: given.mac, address: address, name: instance.name.text))
            }
        }
        return reservations.sorted { $0.mac < $1.mac }
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
                id: step, node: location.node, object: object, operation: .defineNetwork(definition),
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

    private mutating func update(
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
                    operation: .startNetwork(uuid: there.uuid, name: there.name), requires: ids))
            ids.append(id)
            changes.append(
                Change(.start, object, reason: "it is stopped, and an instance there has a NIC in it", origin: .drift))
        }
        if !there.autostart, network.isManaged, manages(network.part) {
            add(
                Step(
                    id: StepID("\(prefix)/autostart"), node: location.node, object: object,
                    operation: .setNetworkAutostart(uuid: there.uuid, name: there.name, autostart: true),
                    after: ids))
            let field = FieldChange(path: "autostart", old: "false", new: "true", effect: .live, origin: .drift)
            changes.append(
                Change(
                    .update, object, reason: "it would not start with its node", fields: [field],
                    position: network.position))
        }
        let missing = wanted.filter { !there.reservations.contains($0) }
        if !missing.isEmpty {
            let inTheWay = reservationsInTheWay(of: missing, there, on: location.node)
            let id = StepID("\(prefix)/reservations")
            add(
                Step(
                    id: id, node: location.node, object: object,
                    operation: .updateReservations(
                        network: there.uuid, name: there.name, add: missing, remove: inTheWay),
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
                    operation: .updateReservations(
                        network: there.uuid, name: there.name, add: [], remove: there.reservations),
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

    /// What keeps wanted addresses for MACs that get another one, that no domain there has any more, or only one that
    /// goes in this plan.
    private func reservationsInTheWay(
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

    /// Takes away the reservations of removed instances, and networks that left the spec.
    mutating func planNetworkRemovals() {
        let undefinitions = Set(removals.values)
        removalSteps = [:]
        for (index, step) in steps.enumerated() where undefinitions.contains(step.id) { removalSteps[step.id] = index }
        let leaving = Dictionary(grouping: removals.sorted { $0.key < $1.key }) { owned[$0.key]?.node }
        for node in answeredNames {
            guard let observed = answered[node] else { continue }
            for there in observed.networks {
                guard let mark = there.mark, mark.cluster == identity, mark.uuid == there.uuid else { continue }
                let isWanted = !isDestroy && cluster.networks[mark.network].map { $0.isOurs } ?? false
                if manages(mark.part), !isWanted {
                    remove(there, mark, on: observed)
                } else {
                    removeReservations(there, mark, on: node, of: leaving[node] ?? [])
                }
            }
        }
    }

    private mutating func remove(_ there: ObservedNetwork, _ mark: NetworkMark, on node: ObservedNode) {
        let object = ObjectReference(.network, mark.network.text, on: node.name)
        let reason = isDestroy ? "destroy was asked for" : "it is not in the spec"
        var leaving: [StepID] = []
        var users: [String] = []
        for domain in node.domains where domain.nics.contains(where: { $0.attachment == .network(there.name) }) {
            if let mark = domain.mark, mark.cluster == identity, mark.uuid == domain.uuid,
                let step = removals[mark.instance]
            {
                leaving.append(step)
            } else {
                users.append(domain.name)
            }
        }
        guard users.isEmpty else {
            let list = users.sorted().joined(separator: ", ")
            changes.append(Change(.delete, object, reason: reason, blocked: "\(list) still has a NIC in it"))
            return
        }
        add(
            Step(
                id: StepID("\(node.name)/network/\(mark.network)/delete"), node: node.name, object: object,
                operation: .deleteNetwork(uuid: there.uuid, name: there.name),
                expectation: .unchanged(fingerprint: there.fingerprint),
                requires: leaving + [openingRoster(node.name)]))
        changes.append(Change(.delete, object, reason: reason))
    }

    /// Takes removed instances' reservations away before their domains go, so that a run that stops in between is
    /// finished by the next, and those of instances that are elsewhere now.
    private mutating func removeReservations(
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
                operation: .updateReservations(network: there.uuid, name: there.name, add: [], remove: theirs),
                requires: [StepID("\(node)/instance/\(instance)/mark-deleting")])
            steps[index].requires.append(step.id)
            add(step)
        }
        let stale = there.reservations.filter { !released.contains($0.mac) && isStale($0, in: there, on: node) }
        guard !stale.isEmpty else { return }
        add(
            Step(
                id: StepID("\(node)/network/\(mark.network)/release"), node: node, object: object,
                operation: .updateReservations(network: there.uuid, name: there.name, add: [], remove: stale)))
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
