/// Guests reach out, and are reached, through their node by their own addresses; others need a route to them by the node.
struct RoutedMode: NetworkMode {
    static let name = "routed"
    static let summary = "through their node with their own addresses"
    static let traits = NetworkTraits(needsCIDR: true, answersNames: true)
    static let rules: [Rule] = [.routedNetworksAreOnOneNode]
    static let fields = [
        Field(
            optional: Key(
                "device", .interface("the name of an interface such as eth0"),
                "The only node interface that forwards to and from guests; for mode `routed`.",
                unset: "every interface", example: "eth0"), \RoutedMode.device)
    ]

    /// The one interface that libvirt forwards through; nil for all.
    var device: String?

    init() {}

    var link: NetworkLink { .made(NetworkForward(mode: "route", device: device)) }
    var argument: String? { device }

    static func reading(_ link: NetworkLink) -> RoutedMode? {
        guard case .made(let forward?, nil) = link, forward.mode == "route" else { return nil }
        var mode = RoutedMode()
        mode.device = forward.device
        return mode
    }

    func obstacle(to network: Name, on node: some NodeEquipment) -> NetworkObstacle? {
        guard let device, !node.leads(through: device) else { return nil }
        return NetworkObstacle(
            "it has no address or route on \(device) (network \(network))",
            remedy: "set device to an interface through which \(node.name) is reached, or remove it")
    }
}

extension Network.Mode {
    package static func routed(device: String? = nil) -> Network.Mode {
        var mode = RoutedMode()
        mode.device = device
        return Network.Mode(mode)
    }
}

extension Rule {
    /// The network's addresses are the same on every node, and routes to them lead to one.
    ///
    /// A warning: who has no routes from elsewhere loses nothing.
    fileprivate static let routedNetworksAreOnOneNode = Rule(needsEverything: true) { cluster in
        let nodes = cluster.nodes.values.filter { $0.state != .lost }
        return cluster.networks.values.compactMap { network in
            guard network.mode.name == RoutedMode.name, nodes.count > 1 else { return nil }
            let members = cluster.instances.values.filter { $0.nics.contains { $0.network == network.name } }
            let pins = Set(members.map(\.node))
            guard pins.count > 1 || pins.contains(nil) else { return nil }
            return Diagnostic(
                .warning, at: network.positions["mode"] ?? network.position,
                "the instances in the routed network \"\(network.name)\" may be on several nodes, and a route to it leads "
                    + "to one of them",
                remedy: "pin them to one node, and give each node a routed network of its own")
        }
    }
}
