import Spec

extension NetworkEmitter {
    /// Has a network that is there become what the spec says, and gives the steps after which it is.
    ///
    /// What runs and what is defined are compared alike, so that a restart that is still to come is seen as well.
    mutating func change(
        _ there: ObservedNetwork, _ network: Network, to definition: NetworkDefinition, on location: Location
    ) -> [StepID] {
        guard network.isManaged, manages(network.part), there.mark.map({ manages($0.part) }) ?? false,
            !refusedNetworks.contains(network.name), let observed = answered[location.node]
        else { return [] }
        let object = ObjectReference(.network, network.name.text, on: location.node)
        let fields = differences(there, network, definition)
        guard !fields.isEmpty else { return plug(there, network, object, on: observed) }
        let isRestart = fields.contains { $0.effect == .restart }
        var change = Change(
            .update, object, reason: "it differs from the spec", fields: fields,
            details: isRestart ? affected(there, observed, by: fields) : [], position: network.position)
        if let obstacle = changeObstacle(there, definition, by: fields, on: observed) {
            change.blocked = obstacle
            graph.findings.changes.append(change)
            return []
        }
        graph.findings.changes.append(change)
        let id = changeStep(of: network, on: location.node)
        add(
            PlannedStep(
                id: id, node: location.node, object: object,
                operation: .network(.change(definition, restart: isRestart)),
                expectation: .unchanged(fingerprint: there.fingerprint),
                requires: removals(from: there, on: observed).map(Requirement.step)))
        return [id]
    }

    /// The step that changes a network on a node.
    func changeStep(of network: Network, on node: Name) -> StepID { StepID("\(node)/network/\(network.name)/change") }

    /// The steps that remove guests of a network, whose addresses it then need not hold.
    private func removals(from network: ObservedNetwork, on node: ObservedNode) -> [StepID] {
        guard !removals.isEmpty else { return [] }
        return node.domains.compactMap { domain in
            guard domain.nics.contains(where: { $0.attachment == .network(network.name) }), let mark = domain.mark,
                owned[mark.instance]?.domain.uuid == domain.uuid
            else { return nil }
            return removals[mark.instance]
        }
    }

    /// What differs between a network and its spec, in what runs or in what is defined.
    private func differences(
        _ there: ObservedNetwork, _ network: Network, _ definition: NetworkDefinition
    ) -> [FieldChange] {
        guard let defined = there.definition?.fields else { return [] }
        let wanted = NetworkShape(definition).fields
        let live = there.isActive ? there.live?.fields : nil
        let (spec, applied) = (network.fields, there.mark?.applied ?? [:])
        return NetworkShape.paths.compactMap { path in
            if definition.leavesIPv6, NetworkShape.pathsOfIPv6.contains(path) { return nil }
            let differsLive = live.map { $0[path] != wanted[path] } ?? false
            guard differsLive || defined[path] != wanted[path] else { return nil }
            return FieldChange(
                path: path, old: differsLive ? live?[path] : defined[path], new: wanted[path],
                effect: differsLive && path != "dhcp" ? .restart : .live,
                // What follows from the range is edited with it.
                origin: spec[path] == applied[path]
                    && (path != "nat of IPv6" || ["cidr6", "mode"].allSatisfy { spec[$0] == applied[$0] })
                    ? .drift : .edit,
                position: network.positions[path] ?? network.positions["\(path).from"])
        }
    }

    /// Why a network cannot be changed on a node; nil where it can.
    ///
    /// What its mode needs of the node does not matter to a change that leaves it in its mode.
    private func changeObstacle(
        _ there: ObservedNetwork, _ definition: NetworkDefinition, by fields: [FieldChange], on node: ObservedNode
    ) -> String? {
        if fields.contains(where: { $0.path == "mode" }),
            let lack = definition.mode.obstacle(to: definition.mark.network, on: node)
        {
            return "\(lack.reason); \(lack.remedy)"
        }
        if fields.contains(where: { ["mode", "mtu"].contains($0.path) }),
            let network = cluster.networks[definition.mark.network], let conflict = overlayConflict(network, on: node)
        {
            return "\(conflict.reason); \(conflict.remedy)"
        }
        for other in node.networks where other.uuid != there.uuid {
            if other.bridge == definition.bridge {
                return "its network \(other.name) already uses the bridge \(definition.bridge)"
            }
            guard other.isActive, let cidr = definition.cidr, other.cidr.map(cidr.overlaps) ?? false else { continue }
            return "its network \(other.name) uses addresses in \(cidr)"
        }
        // What stays as it is was there before.
        let bridge = there.bridge ?? definition.bridge
        let conflict: Obstacle? =
            if let cidr = definition.cidr, cidr != there.cidr,
                let found = addressConflict(cidr, besides: bridge, on: node)
            {
                found
            } else if let cidr6 = definition.cidr6, definition.gateway6 != nil, cidr6 != there.definition?.cidr6 {
                addressConflict(cidr6, besides: bridge, on: node)
            } else {
                nil
            }
        return conflict.map { "\($0.reason); \($0.remedy)" }
    }

    /// Which guests a restart cuts off, and what it does not tell them.
    private mutating func affected(
        _ there: ObservedNetwork, _ node: ObservedNode, by fields: [FieldChange]
    ) -> [String] {
        let guests = node.domains.filter { domain in
            domain.power != .shutOff && domain.power != .crashed
                && (domain.nics.contains { $0.attachment == .network(there.name) }
                    || domain.taps.contains { $0.attachment == .network(there.name) })
        }.map(label).sorted()
        var details = [
            guests.isEmpty
                ? "the network restarts; no running guest is attached to it"
                : "the network restarts and is down for a few seconds for \(guests.joined(separator: ", ")); the guests are then "
                    + "reattached"
        ]
        let edited = Set(fields.filter { $0.origin == .edit }.map(\.path))
        let isReaddressed = !edited.isDisjoint(with: ["cidr", "gateway", "cidr6", "gateway6"])
        guard isReaddressed else { return details }
        let fixed = existing(on: node.name).filter { instance in
            owned[instance.name].map { owned in
                owned.domain.nics.contains { nic in
                    nic.attachment == .network(there.name) && nic.name.flatMap { owned.mark.nics[$0]?.address } != nil
                }
            } ?? false
        }.map(\.name.text)
        if !fixed.isEmpty {
            details.append(
                (edited.isDisjoint(with: ["cidr", "gateway"])
                    ? "these guests keep what they have of IPv6 until they are replaced: "
                    : "these guests keep the prefix and gateway from their first boot: ")
                    + fixed.joined(separator: ", "))
        }
        return details
    }

    /// A domain as a reader knows it.
    private func label(_ domain: ObservedDomain) -> String {
        guard let mark = domain.mark, mark.cluster == identity, mark.uuid == domain.uuid else {
            return "the domain \(domain.name)"
        }
        return mark.instance.text
    }

    /// Plugs running guests in again that lost a network when somebody restarted it, or when an earlier run was killed.
    private mutating func plug(
        _ there: ObservedNetwork, _ network: Network, _ object: ObjectReference, on node: ObservedNode
    ) -> [StepID] {
        guard there.isActive, let bridge = there.live?.bridge else { return [] }
        let loose = node.domains.filter { domain in
            domain.power == .running
                && domain.taps.contains {
                    $0.attachment == .network(there.name) && node.bridgePorts[$0.device] != bridge
                }
        }
        guard !loose.isEmpty else { return [] }
        let id = StepID("\(node.name)/network/\(network.name)/plug")
        add(
            PlannedStep(
                id: id, node: node.name, object: object,
                operation: .network(.plugGuests(uuid: there.uuid, name: there.name))))
        graph.findings.changes.append(
            Change(
                .update, object, reason: "running guests are disconnected from it",
                fields: loose.map { domain in
                    FieldChange(
                        path: "link of \(label(domain))", old: "detached", new: bridge, effect: .live, origin: .drift)
                }, position: network.position))
        return [id]
    }
}
