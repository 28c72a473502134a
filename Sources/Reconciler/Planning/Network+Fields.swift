package import Spec

extension Network {
    /// The network as field paths and texts, which is how marks remember it and plans compare it.
    package var fields: [String: String] {
        var fields = ["mode": mode.text]
        fields["cidr"] = cidr?.description
        fields["gateway"] = gatewayAddress?.description
        fields["cidr6"] = cidr6?.description
        fields["gateway6"] = gatewayAddress6?.description
        fields["mtu"] = packetSize.map(String.init)
        switch dhcp {
        case .range(let range): fields["dhcp"] = range.description
        case .some(.none): fields["dhcp"] = "none"
        case .external: fields["dhcp"] = "external"
        case nil: break
        }
        return fields
    }

    /// Whether the network runs a DHCP server of its own, if only to keep reservations.
    package var hasDHCPService: Bool {
        guard isOurs, cidr != nil, gatewayAddress != nil else { return false }
        switch dhcp {
        case .range, nil: return true
        case .some(.none), .external: return false
        }
    }
}
