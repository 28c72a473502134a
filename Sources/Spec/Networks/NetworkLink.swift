/// What the NICs of a network are plugged into on a node.
package enum NetworkLink: Sendable, Hashable {
    /// A libvirt network that kvmctl makes, and how it forwards; nil where it leads nowhere.
    case made(NetworkForward?)
    /// A bridge that the node has, by the name of its device.
    case bridge(String)
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
