extension Rule {
    /// What the DHCP server gives must be hosts of the network, other than the gateway.
    static let dhcpRangeIsInside = Rule { cluster in
        cluster.networks.values.flatMap { network -> [Diagnostic] in
            guard case .range(let range)? = network.dhcp, let place = network.positions["dhcp"] else { return [] }
            guard let cidr = network.cidr else {
                guard network.positions["cidr"] == nil, !network.mode.traits.needsCIDR else { return [] }
                return [
                    Diagnostic(
                        at: place, "the network \"\(network.name)\" has a DHCP range but no cidr", remedy: "add cidr:")
                ]
            }
            var found = cidr.problems(with: range, named: "dhcp", in: network)
            let gateway = network.gateway ?? cidr.firstHost
            if range.contains(gateway) {
                found.append(
                    Diagnostic(
                        at: place, "the DHCP range \(range) contains the gateway \(gateway)",
                        related: network.positions["gateway"].map { .init("the gateway", at: $0) }))
            }
            return found
        }
    }
}
