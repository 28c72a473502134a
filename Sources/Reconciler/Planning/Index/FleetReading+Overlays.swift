import Spec

extension FleetReading {
    /// The address at which the other nodes reach a node that answers; nil where nobody knows it.
    ///
    /// One that they were told once stays, as long as it is the node's own: people reach a node by different ways.
    func overlayAddress(of node: Name) -> IPv4Address? {
        if let given = cluster.nodes[node]?.overlay { return given }
        guard let observed = answered[node] else { return nil }
        let recorded = observed.networks.lazy.compactMap { network in
            network.mark.flatMap { $0.cluster == identity ? $0.overlay?.address : nil }
        }.first
        if let recorded, observed.addresses.isEmpty || observed.addresses.contains(recorded) { return recorded }
        return observed.address
    }

    /// The address at which other nodes were last told to reach a node; nil where they were not.
    func lastOverlayAddress(of node: Name, in network: Name) -> IPv4Address? {
        answeredNames.lazy.compactMap { name in
            answered[name].flatMap { ownedNetwork(network, on: $0) }?.mark?.overlay?.peers[node]
        }.first
    }

    /// Why a node cannot carry a network to others; nil where it can, or need not.
    func overlayConflict(_ network: Network, on node: ObservedNode) -> Obstacle? {
        guard let number = network.overlayNumber else { return nil }
        guard let address = overlayAddress(of: node.name) else {
            return Obstacle(
                "nobody knows the address at which other nodes reach it (network \(network.name))",
                remedy: "set overlay to its address in `nodes.\(node.name)`")
        }
        return addressConflict(address, network, on: node) ?? numberConflict(number, network, on: node)
            ?? sizeConflict(address, network, on: node)
    }

    private func addressConflict(_ address: IPv4Address, _ network: Network, on node: ObservedNode) -> Obstacle? {
        if address.value >> 24 == 127 || !node.addresses.isEmpty && !node.addresses.contains(address) {
            return Obstacle(
                "its overlay address \(address) is none that other nodes reach it by (network \(network.name))",
                remedy: "set overlay in `nodes.\(node.name)` to one of its own addresses")
        }
        let other = answeredNames.first { $0 != node.name && overlayAddress(of: $0) == address }
        return other.map { other in
            Obstacle(
                "it has the overlay address of \(other), \(address) (network \(network.name))",
                remedy: "set overlay in `nodes.\(node.name)` to an address at which only \(node.name) is reached")
        }
    }

    private func numberConflict(_ number: Int, _ network: Network, on node: ObservedNode) -> Obstacle? {
        let device = names.overlayDevice(network.name)
        guard let other = node.overlayLinks.first(where: { $0.key != device && $0.value.number == number }) else {
            return nil
        }
        if let own = node.networks.lazy.compactMap(\.mark).first(where: { $0.overlay?.device == other.key }) {
            return Obstacle(
                "the network \(own.network) of the cluster \(own.cluster.name) has the vni \(number) there (network "
                    + "\(network.name))",
                remedy: "choose another vni, or use this one after an apply without that network")
        }
        return Obstacle(
            "its interface \(other.key) has the vni \(number) of the network \(network.name) already",
            remedy: "choose another vni, or remove that interface from \(node.name)")
    }

    private func sizeConflict(_ address: IPv4Address, _ network: Network, on node: ObservedNode) -> Obstacle? {
        let ways = node.blocks.filter { !$0.isBehindGateway && $0.cidr.contains(address) && $0.mtu != nil }
        guard let way = ways.first, let largest = way.mtu, let size = network.packetSize,
            largest < size + Overlay.overhead
        else { return nil }
        return Obstacle(
            "its interface \(way.interface) sends packets of at most \(largest) bytes, and the network \(network.name) "
                + "with an mtu of \(size) needs \(size + Overlay.overhead)",
            remedy:
                "set mtu to \(largest - Overlay.overhead) in the network \(network.name), or raise that of "
                + "\(way.interface)")
    }
}

extension Overlay {
    /// The bytes that VXLAN over IPv4 adds to each packet (RFC 7348, section 5: Ethernet, IP, UDP and VXLAN headers).
    static let overhead = 50
}
