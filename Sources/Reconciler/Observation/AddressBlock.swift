package import Spec

/// IPv6 addresses that a node reaches without anything of kvmctl's.
package struct AddressBlock6: Sendable, Hashable {
    package var address: IPv6Address
    /// How many of its leading bits are the block's.
    package var prefix: Int
    /// The interface that leads there.
    package var interface: String
    /// Whether a gateway stands between, and the node is not in it itself.
    package var isBehindGateway: Bool

    package init(_ address: IPv6Address, prefix: Int, interface: String, isBehindGateway: Bool = false) {
        self.address = address
        self.prefix = prefix
        self.interface = interface
        self.isBehindGateway = isBehindGateway
    }

    /// Whether a network would take some of its addresses away; a wide route through a gateway leaves room within it.
    func isHit(by cidr: CIDR6) -> Bool {
        if isBehindGateway, prefix < CIDR6.prefix { return false }
        let bits = min(prefix, CIDR6.prefix)
        return (address.high ^ cidr.network.high) >> UInt64(64 - bits) == 0
    }
}

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
