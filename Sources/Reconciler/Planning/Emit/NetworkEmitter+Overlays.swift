import Spec

/// Networks that nodes carry between them.
extension NetworkEmitter {
    /// Has every node that carries a network know all the others before anything is put onto one that is new.
    ///
    /// A guest that moves to a node that does not know a third one is lost to that one, until its switch forgets where it was.
    mutating func connect() {
        guard !isDestroy else { return }
        for network in cluster.networks.values.sorted(by: { $0.name < $1.name }) where network.overlayNumber != nil {
            let nodes = carriers(of: network).keys.filter { answered[$0] != nil }.sorted()
            var telling: [StepID] = []
            for node in nodes {
                guard let observed = answered[node] else { continue }
                if let there = ownedNetwork(network.name, on: observed) {
                    telling += carry(there, network, on: observed)
                } else {
                    telling.append(StepID("\(node)/network/\(network.name)/define"))
                }
            }
            for node in nodes {
                let requirement = Requirement.network(Location(node: node, what: network.name.text))
                graph.fulfil(requirement, by: (graph.fulfilling[requirement] ?? []) + telling)
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
            let last = lastOverlayAddress(of: node.name, in: network.name)
            guard let observed = answered[node.name] else {
                if let last { found[node.name] = node.overlay ?? last }
                continue
            }
            let recorded = ownedNetwork(network.name, on: observed)?.mark?.overlay
            guard recorded != nil || usingNodes[network.name]?.contains(node.name) ?? false else { continue }
            let isUsable = recorded == nil || overlayConflict(network, on: observed) == nil
            found[node.name] = (isUsable ? overlayAddress(of: node.name) : nil) ?? recorded?.address ?? last
        }
        return found
    }

    /// Has a network that is there reach the nodes that have it now, and come back with its node.
    ///
    /// Whoever brings a node tells all others of it, as they note the addresses of guests: a network of another part keeps
    /// the rest of what it is. It waits for nothing: what changes the network, or starts it, comes after.
    /// - Returns: the step, where others have to wait for it.
    private mutating func carry(_ there: ObservedNetwork, _ network: Network, on node: ObservedNode) -> [StepID] {
        guard let recorded = there.mark?.overlay, let wanted = overlay(of: network, on: node.name) else { return [] }
        var overlay = recorded
        overlay.address = wanted.address
        overlay.peers = wanted.peers
        let object = ObjectReference(.network, network.name.text, on: node.name)
        let location = Location(node: node.name, what: network.name.text)
        let earlier = graph.fulfilling[.network(location)] ?? []
        let isChanged = earlier.contains(changeStep(of: network, on: node.name))
        let isManaged = network.isManaged && manages(network.part) && there.mark.map { manages($0.part) } ?? false
        if isManaged, !isChanged, let conflict = overlayConflict(network, on: node) {
            graph.findings.refusals.append(
                Plan.Refusal(object, reason: conflict.reason, remedy: conflict.remedy, position: network.position))
        }
        var fields: [FieldChange] = []
        let link = (there.live ?? there.definition).map { OverlayLink(overlay, $0) }
        if overlay != recorded {
            let old = (there.live ?? there.definition).map { OverlayLink(recorded, $0) }
            fields.append(
                FieldChange(path: "overlay", old: old?.text, new: link?.text, effect: .live, origin: .edit))
        } else if isManaged, !isChanged, there.isActive, there.link != link {
            fields.append(
                FieldChange(path: "overlay", old: there.link?.text, new: link?.text, effect: .live, origin: .drift))
        }
        if isManaged, there.isActive, let hook = node.overlayHook, hook != .present {
            fields.append(
                FieldChange(
                    path: "overlay hook", old: "\(hook)", new: "\(NodeHook.present)", effect: .live, origin: .drift))
        }
        guard !fields.isEmpty else { return [] }
        graph.findings.changes.append(
            Change(
                .update, object,
                reason: overlay == recorded
                    ? "it is not connected to other nodes as it should be" : "the nodes that carry it change",
                fields: fields, position: network.position))
        let id = StepID("\(node.name)/network/\(network.name)/carry")
        add(
            PlannedStep(
                id: id, node: node.name, object: object,
                operation: .network(.carry(uuid: there.uuid, name: there.name, overlay: overlay))))
        for step in earlier { graph.require(.step(id), before: step) }
        return overlay == recorded ? [] : [id]
    }
}
