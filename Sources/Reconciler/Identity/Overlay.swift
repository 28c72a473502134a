package import Spec

/// How a node carries a network to other nodes: what kvmctl keeps of it with the network.
package struct Overlay: Sendable, Hashable {
    /// The interface of the node that takes frames to the others and brings theirs.
    package var device: String
    /// The VXLAN network identifier.
    package var number: Int
    /// The largest packet that guests may send, in bytes.
    package var mtu: Int
    /// The node's own address for the others.
    package var address: IPv4Address
    /// The addresses of all others that carry it, by their names; they may not answer now.
    package var peers: [Name: IPv4Address]

    package init(device: String, number: Int, mtu: Int, address: IPv4Address, peers: [Name: IPv4Address]) {
        self.device = device
        self.number = number
        self.mtu = mtu
        self.address = address
        self.peers = peers
    }
}

/// A network's way to other nodes as the kernel of a node has it.
package struct OverlayLink: Sendable, Hashable {
    package var number: Int
    package var mtu: Int
    package var address: IPv4Address?
    package var peers: Set<IPv4Address>
    /// The bridge that it is plugged into; nil where it is in none.
    package var bridge: String?
    package var isUp: Bool
    /// The address and the MAC that the node keeps to its own guests, as `MAC ADDRESS`; nil where it keeps none.
    package var kept: String?

    package init(
        number: Int, mtu: Int, address: IPv4Address?, peers: Set<IPv4Address>, bridge: String?, isUp: Bool,
        kept: String? = nil
    ) {
        self.number = number
        self.mtu = mtu
        self.address = address
        self.peers = peers
        self.bridge = bridge
        self.isUp = isUp
        self.kept = kept
    }

    /// What the kernel has when a network is up that was made from a definition; nil where no other node has it.
    package init?(_ definition: NetworkDefinition) {
        guard let overlay = definition.mark.overlay else { return nil }
        self.init(overlay, NetworkShape(definition))
    }

    /// What the kernel has when a network of that shape is up.
    package init(_ overlay: Overlay, _ shape: NetworkShape) {
        self.init(
            number: overlay.number, mtu: overlay.mtu, address: overlay.address, peers: Set(overlay.peers.values),
            bridge: shape.bridge, isUp: true,
            kept: shape.gateway.flatMap { gateway in shape.bridgeMAC.map { "\($0) \(gateway)" } })
    }

    /// For plans, with everything that matters.
    package var text: String {
        var parts = ["vni \(number), \(address?.description ?? "no address")"]
        parts[0] += peers.isEmpty ? " alone" : " to \(peers.sorted().map(\.description).joined(separator: " "))"
        parts.append("mtu \(mtu)")
        if let kept { parts.append("gateway \(kept)") }
        if !isUp { parts.append("down") }
        parts.append(bridge.map { "in \($0)" } ?? "in no bridge")
        return parts.joined(separator: ", ")
    }
}
