/// Guests on different nodes are in one network, whose frames the nodes send to each other.
struct VXLANMode: NetworkMode {
    static let name = "vxlan"
    static let summary = "as one network across the nodes, and out through their own node if it has a `gateway`"
    static let traits = NetworkTraits(answersNames: true, isCarried: true, hasGatewayUnasked: false, usualMTU: 1450)
    static let rules: [Rule] = [.overlayNumbersAreGivenOnce, .overlayLeadsOutByGateway, .overlayAddressesAreDistinct]
    static let fields = [
        Field(
            required: Key(
                "vni", .integer(1...16_777_215, "a number"),
                "The network's number among overlays between the same nodes; required in mode `vxlan`.",
                example: "42"), \VXLANMode.number),
        Field(
            optional: Key(
                "nat", .boolean,
                "Whether a node hides the guests behind its own address; for mode `vxlan` with a `gateway`.",
                unset: "`true`", example: "false"), \VXLANMode.isHidden),
    ]

    /// The VXLAN network identifier.
    var number = 0
    /// Whether guests reach out behind their node's address, or by their own; nil where they do not reach out.
    var isHidden: Bool?

    init() {}

    var link: NetworkLink {
        .made(isHidden.map { NetworkForward(mode: $0 ? "nat" : "route") }, vni: number)
    }
    var argument: String? { "\(number)" + (isHidden.map { $0 ? " nat" : " routed" } ?? "") }

    func completed(hasGateway: Bool) -> VXLANMode {
        var mode = self
        if hasGateway, isHidden == nil { mode.isHidden = true }
        return mode
    }

    static func reading(_ link: NetworkLink) -> VXLANMode? {
        guard case .made(let forward, let number?) = link else { return nil }
        var mode = VXLANMode()
        mode.number = number
        mode.isHidden = forward.map { $0.mode == "nat" }
        return mode
    }
}

extension Network.Mode {
    package static func vxlan(_ number: Int, isHidden: Bool? = nil) -> Network.Mode {
        var mode = VXLANMode()
        mode.number = number
        mode.isHidden = isHidden
        return Network.Mode(mode)
    }
}

extension Network {
    /// The number of the overlay that carries it between nodes; nil where each node has a network of its own.
    package var overlayNumber: Int? {
        if case .made(_, let number?) = mode.link { number } else { nil }
    }
}

extension Rule {
    /// Frames of one network must not come out in another.
    fileprivate static let overlayNumbersAreGivenOnce = Rule { cluster in
        let networks = cluster.orderedNetworks.filter { $0.overlayNumber != nil && $0.positions["vni"] != nil }
        return networks.indices.compactMap { index in
            let network = networks[index]
            guard let number = network.overlayNumber, let place = network.positions["vni"],
                let other = networks[..<index].first(where: { $0.overlayNumber == number })
            else { return nil }
            return Diagnostic(
                at: place, "the network \"\(network.name)\" has the vni \(number) of the network \"\(other.name)\"",
                remedy: "give each its own number",
                related: .init("the other network", at: other.positions["vni"] ?? other.position))
        }
    }

    /// What leads out is the nodes' own address in the network; none of them knows what another's DHCP server gave away.
    fileprivate static let overlayLeadsOutByGateway = Rule { cluster in
        cluster.networks.values.flatMap { network -> [Diagnostic] in
            guard network.overlayNumber != nil else { return [] }
            var found: [Diagnostic] = []
            if network.gateway == nil, network.positions["gateway"] == nil, let place = network.positions["nat"] {
                found.append(
                    Diagnostic(
                        at: place, "the network \"\(network.name)\" has nat but no gateway, so it leads nowhere",
                        remedy: "add gateway:, or remove nat"))
            }
            if case .range = network.dhcp, let place = network.positions["dhcp"] {
                found.append(
                    Diagnostic(
                        at: place,
                        "the network \"\(network.name)\" has a DHCP range, of which each node would give the same addresses",
                        remedy: "remove dhcp: kvmctl gives an address to each instance"))
            }
            return found
        }
    }

    /// Two nodes at one address would get each other's frames.
    fileprivate static let overlayAddressesAreDistinct = Rule { cluster in
        var first: [IPv4Address: Node] = [:]
        return cluster.orderedNodes.compactMap { node in
            guard let overlay = node.overlay, let place = node.positions["overlay"] else { return nil }
            guard let other = first[overlay] else {
                first[overlay] = node
                return nil
            }
            return Diagnostic(
                at: place, "the node \"\(node.name)\" has the overlay address of \"\(other.name)\", \(overlay)",
                related: .init("the other node", at: other.positions["overlay"] ?? other.position))
        }
    }
}
