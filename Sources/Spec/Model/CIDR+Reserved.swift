extension CIDR {
    /// A range of addresses that no host of a network can have (RFC 6890), and what it is for.
    struct Reserved: Sendable {
        let range: CIDR
        let purpose: String
    }

    /// The range that this network reaches into; nil where hosts may have its addresses.
    var reserved: Reserved? { CIDR.reserved.first { $0.range.overlaps(self) } }

    private static let reserved: [Reserved] = [
        (0, 8, "not for hosts"), (127, 8, "the loopback range"), (224, 3, "for multicast and broadcast"),
        (169 << 8 | 254, 16, "the link-local range, for machines that get no DHCP address"),
    ].compactMap { start, prefix, purpose in
        let address = IPv4Address(value: UInt32(start) << (prefix == 16 ? 16 : 24))
        return CIDR(network: address, prefix: prefix).map { Reserved(range: $0, purpose: purpose) }
    }
}
