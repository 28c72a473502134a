/// An IPv4 network: its first address and how many leading bits belong to the network.
package struct CIDR: Sendable, Hashable {
    package let network: IPv4Address
    package let prefix: Int

    /// Returns nil where the prefix is out of range or the address has bits set outside of it.
    package init?(network: IPv4Address, prefix: Int) {
        guard (0...32).contains(prefix), network.value & ~CIDR.mask(prefix) == 0 else { return nil }
        self.network = network
        self.prefix = prefix
    }

    /// The network that an address with this prefix lies in.
    package init?(containing address: IPv4Address, prefix: Int) {
        guard (0...32).contains(prefix) else { return nil }
        self.network = IPv4Address(value: address.value & CIDR.mask(prefix))
        self.prefix = prefix
    }

    package var netmask: IPv4Address { IPv4Address(value: CIDR.mask(prefix)) }
    package var broadcast: IPv4Address { IPv4Address(value: network.value | ~CIDR.mask(prefix)) }

    /// The first address after the network's own, which the node of a network that kvmctl makes takes by default.
    package var firstHost: IPv4Address { IPv4Address(value: network.value &+ 1) }
    package var lastHost: IPv4Address { IPv4Address(value: broadcast.value &- 1) }

    package func contains(_ address: IPv4Address) -> Bool {
        address.value & CIDR.mask(prefix) == network.value
    }

    package func overlaps(_ other: CIDR) -> Bool {
        contains(other.network) || other.contains(network)
    }

    private static func mask(_ prefix: Int) -> UInt32 {
        prefix == 0 ? 0 : UInt32.max << UInt32(32 - prefix)
    }
}

extension CIDR: CustomStringConvertible {
    package var description: String { "\(network)/\(prefix)" }
}
