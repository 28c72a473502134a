/// An IPv6 network of 64 bits, which is how large a network is in which hosts can choose addresses (RFC 4862).
package struct CIDR6: Sendable, Hashable {
    package static let prefix = 64

    /// The address of its first host, which no host has: that of any router (RFC 4291, 2.6.1).
    package let network: IPv6Address

    /// Returns nil where the address has bits set outside of the network.
    package init?(network: IPv6Address) {
        guard network.low == 0 else { return nil }
        self.network = network
    }

    /// The network that an address lies in.
    package init(containing address: IPv6Address) {
        network = IPv6Address(high: address.high, low: 0)
    }

    package func contains(_ address: IPv6Address) -> Bool { address.high == network.high }

    /// The address of who has an IPv4 address in a network beside it: the same host number.
    package func host(beside address: IPv4Address, in cidr: CIDR) -> IPv6Address {
        host(UInt64(address.value - cidr.network.value))
    }

    /// The address of a host by its number.
    package func host(_ number: UInt64) -> IPv6Address { IPv6Address(high: network.high, low: number) }
}

extension CIDR6: CustomStringConvertible {
    package var description: String { "\(network)/\(CIDR6.prefix)" }
}

extension CIDR6 {
    /// What addresses in it are for where no host of a guest network can have them (RFC 4291); nil where hosts may.
    var reserved: String? {
        switch network.high {
        case 0: "the range of the loopback and of written IPv4 addresses"
        case let high where high >> 56 == 0xff: "for multicast"
        case let high where high >> 54 == 0xfe80 >> 6:
            "for the hosts of one link, which choose such addresses themselves"
        default: nil
        }
    }
}
