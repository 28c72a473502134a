/// Guests are in the LAN of a bridge that their node has.
struct BridgeMode: NetworkMode {
    static let name = "bridge"
    static let summary = "through a bridge of the nodes"
    static let traits = NetworkTraits(
        dhcpServer: .lan(whyNotOurs: "on a bridge of the node's nothing of ours serves it"))
    static let fields = [
        Field(
            required: Key(
                "bridge", .interface("the name of a bridge such as br0"),
                "The bridge on the nodes; required in mode `bridge`, not allowed otherwise.",
                example: "br0"), \BridgeMode.bridge)
    ]

    /// The name of the bridge's device.
    var bridge = ""

    init() {}

    var link: NetworkLink { .bridge(bridge) }
    var argument: String? { bridge }

    static func reading(_ link: NetworkLink) -> BridgeMode? {
        guard case .bridge(let bridge) = link else { return nil }
        var mode = BridgeMode()
        mode.bridge = bridge
        return mode
    }

    func obstacle(to network: Name, on node: some NodeEquipment) -> NetworkObstacle? {
        guard !node.hasBridge(bridge) else { return nil }
        return NetworkObstacle(
            "it has no bridge \(bridge) (network \(network))",
            remedy: "create the bridge \(bridge) on \(node.name), or give the NIC another network")
    }
}

extension Network.Mode {
    package static func bridge(_ device: String) -> Network.Mode {
        var mode = BridgeMode()
        mode.bridge = device
        return Network.Mode(mode)
    }
}
