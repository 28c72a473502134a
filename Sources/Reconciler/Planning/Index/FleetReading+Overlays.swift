import Spec

extension FleetReading {
    /// The address at which the other nodes reach a node that answers; nil where nobody knows it.
    func overlayAddress(of node: Name) -> IPv4Address? {
        cluster.nodes[node]?.overlay ?? answered[node]?.address
    }

    /// The address at which other nodes were last told to reach a node that does not answer; nil where they were not.
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
        let device = names.overlayDevice(network.name)
        if let other = node.overlayLinks.first(where: { $0.key != device && $0.value.number == number }) {
            return Obstacle(
                "its interface \(other.key) has the vni \(number) of the network \(network.name) already",
                remedy: "choose another vni, or remove that interface from \(node.name)")
        }
        let own = node.blocks.filter { !$0.isBehindGateway && $0.cidr.contains(address) }
        guard let way = own.first(where: { $0.mtu != nil }) ?? own.first else {
            // Where the node told of no interface at all, nothing is known of this one either.
            guard !node.blocks.isEmpty else { return nil }
            return Obstacle(
                "it has no interface in the network of its overlay address \(address) (network \(network.name))",
                remedy: "set overlay in `nodes.\(node.name)` to an address of its own")
        }
        guard let largest = way.mtu, let size = network.packetSize, largest < size + Overlay.overhead else {
            return nil
        }
        return Obstacle(
            "its interface \(way.interface) sends packets of at most \(largest) bytes, and the network \(network.name) "
                + "with an mtu of \(size) needs \(size + Overlay.overhead)",
            remedy:
                "set mtu to \(largest - Overlay.overhead) in the network \(network.name), or raise that of \(way.interface)"
        )
    }
}

extension Overlay {
    /// The bytes that VXLAN over IPv4 adds to each packet (RFC 7348, section 5: Ethernet, IP, UDP and VXLAN headers).
    static let overhead = 50
}
