package import Spec

/// Addresses that a node reaches without anything of kvmctl's.
package struct AddressBlock: Sendable, Hashable {
    package var cidr: CIDR
    /// The interface that leads there.
    package var interface: String
    /// Whether a gateway stands between, and the node is not in it itself.
    package var isBehindGateway: Bool
    /// The largest packet that the interface sends, in bytes; nil where the node did not say.
    package var mtu: Int?

    package init(_ cidr: CIDR, interface: String, isBehindGateway: Bool = false) {
        self.cidr = cidr
        self.interface = interface
        self.isBehindGateway = isBehindGateway
    }
}
