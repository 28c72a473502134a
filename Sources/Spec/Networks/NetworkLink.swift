/// What the NICs of a network are plugged into on a node.
package enum NetworkLink: Sendable, Hashable {
    /// A libvirt network that kvmctl makes, how it forwards, which is nil where it leads nowhere, and the number of the
    /// overlay that carries it between nodes, which is nil where each node has one of its own.
    case made(NetworkForward?, vni: Int? = nil)
    /// A bridge that the node has.
    case bridge(BridgePort)
    /// A libvirt network that is there already and never ours.
    case existing(String)
}

/// How a libvirt network leads out of its node: the attributes of its `<forward>`.
package struct NetworkForward: Sendable, Hashable {
    package var mode: String
    /// The one interface of the node that leads out; nil where any does.
    package var device: String?

    package init(mode: String, device: String? = nil) {
        self.mode = mode
        self.device = device
    }
}
