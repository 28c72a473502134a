extension Rule {
    /// An IPv6 range takes its hosts' numbers from the IPv4 one, and its gateway is one of its hosts.
    static let ipv6IsBesideIPv4 = Rule { cluster in
        cluster.networks.values.flatMap { network -> [Diagnostic] in
            let gatewayPlace = network.gateway6 == nil ? nil : network.positions["gateway6"]
            guard let place = network.positions["cidr6"] else {
                return gatewayPlace.map {
                    [
                        Diagnostic(
                            at: $0, "the network \"\(network.name)\" has gateway6 but no cidr6", remedy: "add cidr6:")
                    ]
                } ?? []
            }
            var found: [Diagnostic] = []
            if network.cidr == nil, network.positions["cidr"] == nil, !network.mode.traits.needsCIDR {
                found.append(
                    Diagnostic(
                        at: place,
                        "the network \"\(network.name)\" has cidr6 but no cidr, from which the hosts' numbers come",
                        remedy: "add cidr:"))
            }
            if let gateway = network.gateway6, let gatewayPlace, let problem = network.problem(withIPv6: gateway) {
                found.append(
                    Diagnostic(
                        at: gatewayPlace, "gateway6: \(gateway) \(problem.reason)", remedy: problem.remedy,
                        related: .init("the network", at: place)))
            }
            return found
        }
    }

    /// Networks that a node has side by side need IPv6 addresses of their own.
    static let ipv6NetworksAreApart = Rule { cluster in
        let networks = cluster.orderedNetworks.filter { $0.cidr6 != nil && $0.positions["cidr6"] != nil }
        return networks.indices.compactMap { index in
            let network = networks[index]
            guard let cidr = network.cidr6, let place = network.positions["cidr6"],
                let other = networks[..<index].first(where: { other in
                    other.cidr6 == cidr && !areSeparateBridges(other.mode.link, network.mode.link)
                })
            else { return nil }
            return Diagnostic(
                at: place,
                "the network \"\(network.name)\" has the IPv6 range \(cidr) of the network \"\(other.name)\"",
                remedy: "give each its own addresses",
                related: .init("the other network", at: other.positions["cidr6"] ?? other.position))
        }
    }
}

extension Network {
    /// Why an IPv6 address cannot be the gateway, as the end of a sentence, with the remedy; nil if it can.
    fileprivate func problem(withIPv6 gateway: IPv6Address) -> (reason: String, remedy: String?)? {
        if mode.traits.isCarried {
            return (
                "cannot be the gateway of a network between nodes: each of them would be it",
                "remove gateway6: by IPv6 the guests reach each other only"
            )
        }
        guard let cidr6 else { return nil }
        // Routers of a LAN tell their addresses on the link; one of ours has the address that guests are given.
        if !isOurs, gateway.isLinkLocal { return nil }
        if !cidr6.contains(gateway) { return ("is outside its network \(cidr6)", nil) }
        return gateway == cidr6.network ? ("is the address of the network \(cidr6) itself", nil) : nil
    }
}
