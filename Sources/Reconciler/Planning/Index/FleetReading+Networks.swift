import Spec

extension FleetReading {
    /// Why a network cannot have its addresses on a node: the node is in them, reaches something in them, or this very
    /// run reaches the node from one of them; once the network's bridge has them, all that is out of reach.
    ///
    /// - Parameter bridge: the network's own, which may have them already.
    func addressConflict(_ cidr: CIDR, besides bridge: String, on node: ObservedNode) -> Obstacle? {
        // What bridges of libvirt's networks have is compared by their networks.
        let bridges = Set(node.networks.compactMap(\.bridge) + [bridge])
        let remedy = "choose a cidr that \(node.name) does not use, such as a free one in 192.168.0.0/16"
        if let client = node.client, cidr.contains(client) {
            return Obstacle(
                "\(cidr) contains \(client), the address from which this run reaches the node", remedy: remedy)
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

    /// The same for its IPv6 addresses.
    func addressConflict(_ cidr: CIDR6, besides bridge: String, on node: ObservedNode) -> Obstacle? {
        let remedy = "choose a cidr6 that \(node.name) does not use, such as a free one in fd00::/8"
        if let client = node.client6, cidr.contains(client) {
            return Obstacle(
                "\(cidr) contains \(client), the address from which this run reaches the node", remedy: remedy)
        }
        if let interface = node.toldRoutes6.first {
            return Obstacle(
                "its way out by IPv6 on \(interface) is one that a router told, which the kernel forgets when it "
                    + "forwards for guests",
                remedy:
                    "on \(node.name): sysctl -w net.ipv6.conf.\(interface).accept_ra=2, and the same in /etc/sysctl.d")
        }
        guard let block = node.blocks6.first(where: { $0.interface != bridge && $0.isHit(by: cidr) }) else {
            return nil
        }
        let what = block.isBehindGateway ? "its route to" : "its own network"
        return Obstacle(
            "\(cidr) overlaps \(what) \(block.address)/\(block.prefix) on \(block.interface)", remedy: remedy)
    }

    func nameConflict(_ network: Network, on node: ObservedNode) -> Obstacle? {
        guard !node.networks.isEmpty else { return nil }
        let name = names.network(network.name)
        let uuid = networkIDs[network.name]
        if let other = node.networks.first(where: { $0.name == name || $0.uuid == uuid }) {
            return Obstacle(
                "it has a network \(other.name) that does not carry this cluster's mark (network \(network.name))",
                remedy: "rename or undefine that network on \(node.name)")
        }
        guard let cidr = network.cidr else { return nil }
        if let other = node.networks.first(where: { $0.isActive && $0.cidr.map(cidr.overlaps) ?? false }) {
            let use = "uses \(cidr) (network \(network.name))"
            // Removing what another cluster made is never the advice: its name may be the mistake.
            if let mark = other.mark, mark.uuid == other.uuid {
                guard mark.cluster != identity else {
                    return Obstacle(
                        "this cluster's network \(mark.network) still \(use)",
                        remedy:
                            "choose another cidr, or take the new network out of the spec until an apply has removed the old one"
                    )
                }
                return Obstacle(
                    "its network \(other.name), which belongs to the cluster \(mark.cluster.name), \(use)",
                    remedy: "check the name at `cluster:` in the spec, or choose another cidr")
            }
            return Obstacle(
                "its network \(other.name), which is not this cluster's, \(use)",
                remedy: "choose another cidr, or remove that network from the node")
        }
        return nil
    }

    func ownedNetwork(_ network: Name, on node: ObservedNode) -> ObservedNetwork? {
        node.networks.first { $0.mark?.cluster == identity && $0.mark?.network == network && $0.mark?.uuid == $0.uuid }
    }
}
