package import Spec

extension Network {
    /// Whether kvmctl chooses addresses in it.
    package var givesAddresses: Bool { givenAddresses != nil }

    /// What kvmctl chooses from; nil where it chooses nothing.
    package var givenAddresses: AddressRange? {
        if let addresses { return addresses }
        guard isOurs, dhcp != .external, let cidr, cidr.prefix <= 30 else { return nil }
        return AddressRange(from: cidr.firstHost, to: cidr.lastHost)
    }

    /// Whether an address is somebody's by the network's own definition.
    package func reserves(_ address: IPv4Address) -> Bool {
        if address == gatewayAddress { return true }
        if let gateway = gatewayAddress6, gateway == address6(beside: address) { return true }
        if case .range(let range) = dhcp, range.contains(address) { return true }
        guard let cidr else { return false }
        return address == cidr.network || address == cidr.broadcast || !cidr.contains(address)
    }

    /// How a guest's NIC in this network gets its address.
    package func addressing(given address: IPv4Address?) -> SeedDefinition.Addressing {
        if let address, let cidr {
            let servers = !dns.isEmpty ? dns : mode.traits.answersNames ? [gatewayAddress].compactMap(\.self) : []
            return .fixed(
                address: address, prefix: cidr.prefix, gateway: mode.traits.leadsOut ? gatewayAddress : nil,
                dns: servers)
        }
        switch dhcp {
        case .external, .range: return .dhcp
        case .some(.none): return .none
        case nil: return mode.traits.dhcpServer == .present ? .dhcp : .none
        }
    }
}
