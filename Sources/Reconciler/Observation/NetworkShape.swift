package import Spec

/// What of a network's XML kvmctl sets: of its definition, or as it runs.
package struct NetworkShape: Sendable, Hashable {
    /// The mode in the words of the spec; libvirt's own word where the network is of none of ours.
    package var mode: String
    package var bridge: String?
    package var bridgeMAC: MACAddress?
    package var cidr: CIDR?
    /// The node's own address in it.
    package var gateway: IPv4Address?
    package var cidr6: CIDR6?
    package var gateway6: IPv6Address?
    /// Whether the node hides the guests behind its own address by IPv6 as well.
    package var hidesIPv6 = false
    /// What its DHCP server gives to anybody, sorted.
    package var ranges: [AddressRange]
    /// The largest packet that it carries, in bytes; nil for 1500.
    package var mtu: Int?

    package init(
        mode: String, bridge: String?, bridgeMAC: MACAddress?, cidr: CIDR?, gateway: IPv4Address?,
        ranges: [AddressRange], mtu: Int? = nil
    ) {
        self.mode = mode
        self.bridge = bridge
        self.bridgeMAC = bridgeMAC
        self.cidr = cidr
        self.gateway = gateway
        self.ranges = ranges.sorted { ($0.from, $0.to) < ($1.from, $1.to) }
        self.mtu = mtu
    }

    /// What a network is that was made from a definition.
    package init(_ definition: NetworkDefinition) {
        self.init(
            mode: definition.mode.text, bridge: definition.bridge, bridgeMAC: definition.bridgeMAC,
            cidr: definition.gateway == nil ? nil : definition.cidr,
            gateway: definition.cidr == nil ? nil : definition.gateway,
            ranges: definition.hasDHCP ? definition.dhcpRange.map { [$0] } ?? [] : [], mtu: definition.mtu)
        guard let gateway6 = definition.gateway6 else { return }
        (cidr6, self.gateway6, hidesIPv6) = (definition.cidr6, gateway6, definition.hidesIPv6)
    }

    /// Whether it is as a definition says, in all that the definition says something of.
    package func fits(_ definition: NetworkDefinition) -> Bool {
        var seen = self
        if definition.leavesIPv6 { (seen.cidr6, seen.gateway6, seen.hidesIPv6) = (nil, nil, false) }
        return seen == NetworkShape(definition)
    }

    /// The paths of what is IPv6.
    package static let pathsOfIPv6: Set = ["cidr6", "gateway6", "nat of IPv6"]

    /// Every field by its path, which is the spec's where the spec has one; what is not set is left out.
    package var fields: [String: String] {
        var fields = ["mode": mode]
        fields["bridge"] = bridge
        fields["bridge mac"] = bridgeMAC?.description
        fields["cidr"] = cidr?.description
        fields["gateway"] = gateway?.description
        if !ranges.isEmpty { fields["dhcp"] = ranges.map(\.description).joined(separator: ", ") }
        fields["cidr6"] = cidr6?.description
        fields["gateway6"] = gateway6?.description
        if hidesIPv6 { fields["nat of IPv6"] = "yes" }
        fields["mtu"] = mtu.map(String.init)
        return fields
    }

    /// The paths of ``fields``, in the order of the spec.
    package static let paths = [
        "mode", "bridge", "bridge mac", "cidr", "gateway", "cidr6", "gateway6", "nat of IPv6", "dhcp", "mtu",
    ]
}
