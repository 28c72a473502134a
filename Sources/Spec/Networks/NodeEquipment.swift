/// What a node has, as far as modes of networks ask for it.
package protocol NodeEquipment {
    var name: Name { get }

    /// Whether it has a bridge of the kernel's of that name.
    func hasBridge(_ name: String) -> Bool
    /// Whether a bridge of the kernel's keeps VLANs apart.
    func filtersVLANs(_ bridge: String) -> Bool
    /// Whether its libvirt puts guests into VLANs of the kernel's bridges, which it does from 11.0.0 on.
    var tagsBridges: Bool { get }
    /// The bridges of Open vSwitch by name; nil where it is there and does not answer.
    var openSwitches: Set<String>? { get }
    /// Whether an interface has an address or a route of its own; true as well where the node told of none at all.
    func leads(through interface: String) -> Bool
    /// The state of a libvirt network; nil where there is none of that name.
    func libvirtNetwork(_ name: String) -> (isActive: Bool, autostart: Bool)?
}

/// What a node lacks for a network, and what a person can do about it.
package struct NetworkObstacle: Sendable, Equatable {
    package let reason: String
    package let remedy: String

    init(_ reason: String, remedy: String) {
        self.reason = reason
        self.remedy = remedy
    }
}
