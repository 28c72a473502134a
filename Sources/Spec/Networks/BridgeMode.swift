/// Guests are in the LAN of a bridge that their node has.
struct BridgeMode: BridgeAttaching {
    static let name = "bridge"
    static let summary = "through a bridge of the nodes"

    /// The name of the bridge's device.
    var bridge = ""
    /// The VLAN that the bridge keeps guests in; nil for none.
    var vlan: Int?

    init() {}

    var link: NetworkLink { .bridge(BridgePort(bridge, vlan: vlan)) }

    static func reading(_ link: NetworkLink) -> BridgeMode? {
        guard case .bridge(let port) = link, !port.isOpenSwitch else { return nil }
        var mode = BridgeMode()
        (mode.bridge, mode.vlan) = (port.bridge, port.vlan)
        return mode
    }

    func obstacle(to network: Name, on node: some NodeEquipment) -> NetworkObstacle? {
        guard node.hasBridge(bridge) else {
            if node.openSwitches?.contains(bridge) == true {
                return NetworkObstacle(
                    "its bridge \(bridge) is one of Open vSwitch (network \(network))",
                    remedy: "write mode: ovs for the network")
            }
            if node.openSwitches == nil {
                return NetworkObstacle(
                    "it has no bridge \(bridge) of the kernel's, and its Open vSwitch does not answer (network \(network))",
                    remedy: "start Open vSwitch on \(node.name) and write mode: ovs if the bridge is one of its own")
            }
            return NetworkObstacle(
                "it has no bridge \(bridge) (network \(network))",
                remedy: "create the bridge \(bridge) on \(node.name), or give the NIC another network")
        }
        guard vlan != nil else { return nil }
        guard node.filtersVLANs(bridge) else {
            return NetworkObstacle(
                "its bridge \(bridge) does not keep VLANs apart (network \(network))",
                remedy: "on \(node.name): ip link set \(bridge) type bridge vlan_filtering 1")
        }
        guard node.tagsBridges else {
            return NetworkObstacle(
                "its libvirt puts guests into no VLAN of a kernel's bridge (network \(network)): it is older than 11.0.0",
                remedy: "upgrade libvirt on \(node.name), or use an Open vSwitch bridge (mode: ovs)")
        }
        return nil
    }
}

extension Network.Mode {
    package static func bridge(_ device: String, vlan: Int? = nil) -> Network.Mode {
        var mode = BridgeMode()
        (mode.bridge, mode.vlan) = (device, vlan)
        return Network.Mode(mode)
    }
}
