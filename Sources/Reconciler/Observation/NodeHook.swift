/// What a node has of a hook of libvirt's by which kvmctl's networks or firewalls come back without kvmctl.
package enum NodeHook: Sendable, Hashable {
    case absent
    /// It has another text.
    case other
    case present
}
