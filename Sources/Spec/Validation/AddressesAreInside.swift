extension Rule {
    /// An address given to a NIC must be free for a host of its network.
    static let addressesAreInside = Rule { cluster in
        cluster.instances.values.flatMap { instance in
            instance.nics.compactMap { nic -> Diagnostic? in
                guard let address = nic.address, let place = instance.positions["nics.\(nic.name).address"],
                    let network = cluster.networks[nic.network]
                else { return nil }
                guard let cidr = network.cidr else {
                    guard network.positions["cidr"] == nil, !network.mode.traits.needsCIDR else { return nil }
                    return Diagnostic(
                        at: place, "the network \"\(network.name)\" has no cidr, so no address in it can be set",
                        remedy: "add cidr: to the network", related: .init("the network", at: network.position))
                }
                if let problem = cidr.problem(with: address) {
                    return Diagnostic(
                        at: place, "the address \(address) \(problem)",
                        related: network.positions["cidr"].map { .init("the network", at: $0) })
                }
                if address == network.gatewayAddress {
                    return Diagnostic(
                        at: place, "the address \(address) is the gateway of the network \"\(network.name)\"",
                        related: .init("the network", at: network.positions["gateway"] ?? network.position))
                }
                if let gateway = network.gatewayAddress6, gateway == network.address6(beside: address) {
                    return Diagnostic(
                        at: place,
                        "the address \(address) has \(gateway) beside it, the IPv6 gateway of the network \"\(network.name)\"",
                        remedy: "give it another host number",
                        related: .init("the network", at: network.positions["gateway6"] ?? network.position))
                }
                if case .range(let range)? = network.dhcp, range.contains(address) {
                    return Diagnostic(
                        at: place,
                        "the address \(address) is in the DHCP range \(range) of the network \"\(network.name)\"",
                        related: network.positions["dhcp"].map { .init("the DHCP range", at: $0) })
                }
                return nil
            }
        }
    }
}
