package import Spec

/// A network of ours to be on a node.
package struct NetworkDefinition: Sendable, Equatable {
    package var name: String
    package var mark: NetworkMark
    /// One whose networks kvmctl makes.
    package var mode: Network.Mode
    package var bridge: String
    package var bridgeMAC: MACAddress
    package var cidr: CIDR?
    /// The node's own address in it.
    package var gateway: IPv4Address?
    /// Its IPv6 range; nil where it has none.
    package var cidr6: CIDR6?
    /// The node's own address in that.
    package var gateway6: IPv6Address?
    /// Whether the spec says nothing of IPv6, and never did: what somebody gave the network stays.
    package var leavesIPv6 = false
    package var dhcpRange: AddressRange?
    /// Whether there is a DHCP server, for a range or for reservations alone.
    package var hasDHCP: Bool
    package var reservations: [Reservation]
    package var autostart: Bool
    /// The largest packet that it carries, in bytes; nil for 1500.
    package var mtu: Int?

    package init(
        name: String, mark: NetworkMark, mode: Network.Mode, bridge: String, bridgeMAC: MACAddress, cidr: CIDR?,
        gateway: IPv4Address?, dhcpRange: AddressRange?, hasDHCP: Bool, reservations: [Reservation],
        autostart: Bool = true, mtu: Int? = nil
    ) {
        self.name = name
        self.mark = mark
        self.mode = mode
        self.bridge = bridge
        self.bridgeMAC = bridgeMAC
        self.cidr = cidr
        self.gateway = gateway
        self.dhcpRange = dhcpRange
        self.hasDHCP = hasDHCP
        self.reservations = reservations
        self.autostart = autostart
        self.mtu = mtu
    }

    /// Whether its node hides the guests behind its own address by IPv6, as it does by IPv4.
    package var hidesIPv6: Bool {
        guard gateway6 != nil, case .made(let forward?, vni: _) = mode.link else { return false }
        return forward.mode == "nat"
    }
}
