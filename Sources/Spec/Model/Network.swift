/// A network that instances have NICs in.
package struct Network: Sendable, Equatable {
    package enum DHCP: Sendable, Hashable {
        case range(AddressRange)
        /// No DHCP server at all.
        case none
        /// The LAN's own server gives the addresses.
        case external
    }

    package var name: Name
    package var mode: Mode
    package var cidr: CIDR?
    /// The guests' way out as written; see ``gatewayAddress``.
    package var gateway: IPv4Address?
    /// The IPv6 range beside ``cidr``; nil where there is none.
    package var cidr6: CIDR6?
    /// The guests' way out by IPv6 as written; see ``gatewayAddress6``.
    package var gateway6: IPv6Address?
    /// What kvmctl gives; nil for the CIDR less network, gateway, broadcast and the DHCP range.
    package var addresses: AddressRange?
    /// Nil where the spec says nothing: reservations for our own instances, nothing for others.
    package var dhcp: DHCP?
    /// The largest packet that it carries as written, in bytes; see ``packetSize``.
    package var mtu: Int?
    /// Name servers for guests; empty for the gateway where it answers them, none elsewhere.
    package var dns: [IPv4Address] = []
    /// Domains in which guests look for names without one.
    package var search: [HostName] = []
    package var part: Name
    /// False for what was only read through `uses:`; nothing in it is changed by this run.
    package var isManaged: Bool
    package var position: Position
    /// Where each field was written, by its path such as `dhcp.from`; what was not written has no place.
    package var positions: [String: Position] = [:]

    package init(name: Name, mode: Mode, part: Name, isManaged: Bool, position: Position) {
        self.name = name
        self.mode = mode
        self.part = part
        self.isManaged = isManaged
        self.position = position
    }

    /// Whether kvmctl makes the network on nodes.
    package var isOurs: Bool {
        if case .made = mode.link { true } else { false }
    }

    /// The gateway that is written, or the node's own address in a network that kvmctl makes.
    package var gatewayAddress: IPv4Address? {
        if let gateway { return gateway }
        return isOurs && mode.traits.hasGatewayUnasked ? cidr?.firstHost : nil
    }

    /// The IPv6 gateway that is written, or the node's own address in a network that kvmctl makes.
    package var gatewayAddress6: IPv6Address? {
        if let gateway6 { return gateway6 }
        return isOurs && mode.traits.hasGatewayUnasked ? gatewayAddress.flatMap { address6(beside: $0) } : nil
    }

    /// The IPv6 address of who has this one: the same host number; nil where the network has no IPv6.
    package func address6(beside address: IPv4Address) -> IPv6Address? {
        guard let cidr, let cidr6, cidr.contains(address) else { return nil }
        return cidr6.host(beside: address, in: cidr)
    }

    /// The largest packet that it carries, in bytes; nil for 1500, which nobody need be told.
    package var packetSize: Int? { mtu ?? mode.traits.usualMTU }
}
