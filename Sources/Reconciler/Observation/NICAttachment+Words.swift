import Spec

extension NICAttachment {
    /// What a NIC is plugged into, for people.
    package var text: String {
        switch self {
        case .network(let name): "network \(name)"
        case .bridge(let port): port.text
        case .other(let text): text
        }
    }
}

extension NICAttachment {
    /// A bridge of the kernel's, without a VLAN.
    package static func bridge(_ name: String) -> NICAttachment { .bridge(BridgePort(name)) }

    /// Whether libvirt moves a NIC of a running guest from here and to here: it leaves one of Open vSwitch and one in a VLAN where
    /// it is (measured with libvirt 9.0.0).
    package var isMovable: Bool {
        switch self {
        case .network: true
        case .bridge(let port): port.vlan == nil && !port.isOpenSwitch
        case .other: false
        }
    }
}
