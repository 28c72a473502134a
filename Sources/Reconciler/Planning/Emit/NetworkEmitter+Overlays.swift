import Spec

/// Networks that nodes carry between them.
extension NetworkEmitter {
    /// Has every node that carries a network know all the others before anything is put onto any of them.
    ///
    /// A guest that moves to a node that does not know a third one is lost to that one, until its switch forgets where it was.
    mutating func connect() {
        guard !isDestroy else { return }
        for network in cluster.networks.values.sorted(by: { $0.name < $1.name }) where network.overlayNumber != nil {
            let nodes = carriers(of: network).keys.filter { answered[$0] != nil }.sorted()
            var ids: [StepID] = []
            for node in nodes {
                guard let observed = answered[node] else { continue }
                if let there = ownedNetwork(network.name, on: observed) {
                    ids += carry(there, network, on: observed)
                } else {
                    ids.append(StepID("\(node)/network/\(network.name)/define"))
                }
            }
            for node in nodes {
                let requirement = Requirement.network(Location(node: node, what: network.name.text))
                graph.fulfil(requirement, by: (graph.fulfilling[requirement] ?? []) + ids)
            }
        }
    }

    /// How a node carries a network to the others; nil where it does not.
    mutating func overlay(of network: Network, on node: Name) -> Overlay? {
        guard let number = network.overlayNumber, let mtu = network.packetSize else { return nil }
        var peers = carriers(of: network)
        guard let own = peers.removeValue(forKey: node) else { return nil }
        return Overlay(
            device: names.overlayDevice(network.name), number: number, mtu: mtu, address: own, peers: peers)
    }

    /// The nodes that have a network, or get it, each with its address for the others.
    ///
    /// One that does not answer stays with the address that the others know; only one that is lost, or left the spec, goes.
    func findCarriers(of network: Network) -> [Name: IPv4Address] {
        var found: [Name: IPv4Address] = [:]
        for node in cluster.nodes.values where node.state != .lost {
            guard let observed = answered[node.name] else {
                guard let last = lastOverlayAddress(of: node.name, in: network.name) else { continue }
                found[node.name] = node.overlay ?? last
                continue
            }
            let isThere = ownedNetwork(network.name, on: observed) != nil
            guard isThere || usingNodes[network.name]?.contains(node.name) ?? false else { continue }
            found[node.name] = overlayAddress(of: node.name)
        }
        return found
    }

    /// Has a network that is there reach the nodes that have it now, and come back with its node.
    ///
    /// - Returns: the step, where one is needed beside that which changes the rest of the network.
    private mutating func carry(_ there: ObservedNetwork, _ network: Network, on node: ObservedNode) -> [StepID] {
        guard network.isManaged, manages(network.part), there.mark.map({ manages($0.part) }) ?? false,
            !refusedNetworks.contains(network.name)
        else { return [] }
        let definition = definition(
            of: network, on: node.name, uuid: there.uuid, name: there.name, reservations: there.reservations)
        let fields = overlayFields(there, definition, on: node)
        let location = Location(node: node.name, what: network.name.text)
        let earlier = graph.fulfilling[.network(location)] ?? []
        guard !fields.isEmpty, !earlier.contains(changeStep(of: network, on: node.name)) else { return [] }
        let object = ObjectReference(.network, network.name.text, on: node.name)
        let isEdit = fields.contains { $0.origin == .edit }
        graph.findings.changes.append(
            Change(
                .update, object,
                reason: isEdit
                    ? "the nodes that carry it change" : "it is not connected to other nodes as it should be",
                fields: fields, position: network.position))
        let id = StepID("\(node.name)/network/\(network.name)/carry")
        add(
            PlannedStep(
                id: id, node: node.name, object: object, operation: .network(.carry(definition)),
                requires: earlier.map(Requirement.step)))
        return [id]
    }

    /// How a network's way to other nodes differs from the spec, in what is recorded or in what the kernel has.
    func overlayFields(
        _ there: ObservedNetwork, _ definition: NetworkDefinition, on node: ObservedNode
    ) -> [FieldChange] {
        guard let wanted = OverlayLink(definition), let mark = there.mark else { return [] }
        var fields: [FieldChange] = []
        var recorded = definition
        recorded.mark = mark
        let isEdit = mark.overlay != definition.mark.overlay
        let isDrift = there.isActive && there.link != wanted
        if isEdit || isDrift {
            let old = isEdit ? OverlayLink(recorded) : there.link
            fields.append(
                FieldChange(
                    path: "overlay", old: old?.text, new: wanted.text, effect: .live, origin: isEdit ? .edit : .drift))
        }
        if let hook = node.overlayHook, hook != .present {
            fields.append(
                FieldChange(
                    path: "overlay hook", old: "\(hook)", new: "\(OverlayHook.present)", effect: .live, origin: .drift))
        }
        return fields
    }
}
