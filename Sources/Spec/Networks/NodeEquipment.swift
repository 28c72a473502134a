/// What a node has, as far as modes of networks ask for it.
package protocol NodeEquipment {
    var name: Name { get }

    func hasBridge(_ name: String) -> Bool
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
