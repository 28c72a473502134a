/// Where NICs are plugged into a bridge that a node has.
package struct BridgePort: Sendable, Hashable {
    /// The name of the bridge's device.
    package var bridge: String
    /// The VLAN that the guest is in, which sees no tag of it; nil where the bridge gets its frames as they are.
    package var vlan: Int?
    /// Whether the bridge is one of Open vSwitch, not of the kernel.
    package var isOpenSwitch: Bool

    package init(_ bridge: String, vlan: Int? = nil, isOpenSwitch: Bool = false) {
        self.bridge = bridge
        self.vlan = vlan
        self.isOpenSwitch = isOpenSwitch
    }

    /// For people: `bridge br0`.
    package var text: String {
        (isOpenSwitch ? "Open vSwitch bridge \(bridge)" : "bridge \(bridge)") + (vlan.map { ", VLAN \($0)" } ?? "")
    }
}

/// The keys of networks whose NICs are plugged into a bridge that the nodes have.
enum BridgeKeys {
    static let bridge = Key(
        "bridge", Kind<String>.interface("the name of a bridge such as br0"),
        "The bridge on the nodes; required in modes `bridge` and `ovs`, not allowed otherwise.", example: "br0")
    /// 0 means none to a switch, and 4095 is nobody's (IEEE 802.1Q, table 9-2).
    static let vlan = Key(
        "vlan", Kind<Int>.integer(1...4094, "a VLAN's number"),
        "The VLAN of the bridge that the guests are in, which see no tags; for modes `bridge` and `ovs`.",
        unset: "none: the bridge gets the guests' frames as they are", example: "42")
}

/// What a mode has to say of a bridge and a VLAN.
protocol BridgeAttaching: NetworkMode {
    var bridge: String { get set }
    var vlan: Int? { get set }
}

extension BridgeAttaching {
    static var traits: NetworkTraits {
        NetworkTraits(dhcpServer: .lan(whyNotOurs: "on a bridge of the node's nothing of ours serves it"))
    }
    static var fields: [Field<Self>] {
        [Field(required: BridgeKeys.bridge, \Self.bridge), Field(optional: BridgeKeys.vlan, \Self.vlan)]
    }
    var argument: String? { bridge + (vlan.map { " vlan \($0)" } ?? "") }
}
