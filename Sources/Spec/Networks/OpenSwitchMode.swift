/// Guests are in the LAN of an Open vSwitch bridge that their node has.
struct OpenSwitchMode: BridgeAttaching {
    static let name = "ovs"
    static let summary = "through an Open vSwitch bridge of the nodes"
    static let traits: NetworkTraits = {
        var traits = BridgeMode.traits
        traits.passesFilters = true
        return traits
    }()

    /// The name of the bridge.
    var bridge = ""
    /// The VLAN that the bridge keeps guests in; nil for none.
    var vlan: Int?

    init() {}

    var link: NetworkLink { .bridge(BridgePort(bridge, vlan: vlan, isOpenSwitch: true)) }

    static func reading(_ link: NetworkLink) -> OpenSwitchMode? {
        guard case .bridge(let port) = link, port.isOpenSwitch else { return nil }
        var mode = OpenSwitchMode()
        (mode.bridge, mode.vlan) = (port.bridge, port.vlan)
        return mode
    }

    func obstacle(to network: Name, on node: some NodeEquipment) -> NetworkObstacle? {
        guard let switches = node.openSwitches else {
            return NetworkObstacle(
                "its Open vSwitch does not answer (network \(network))",
                remedy:
                    "start it on \(node.name), for example with systemctl start openvswitch-switch; ovs-vsctl show says whether "
                    + "it answers")
        }
        guard !switches.contains(bridge) else { return nil }
        return NetworkObstacle(
            "it has no Open vSwitch bridge \(bridge) (network \(network))",
            remedy: "create it on \(node.name) with ovs-vsctl add-br \(bridge), or give the NIC another network")
    }
}

extension Network.Mode {
    package static func openSwitch(_ bridge: String, vlan: Int? = nil) -> Network.Mode {
        var mode = OpenSwitchMode()
        (mode.bridge, mode.vlan) = (bridge, vlan)
        return Network.Mode(mode)
    }
}
