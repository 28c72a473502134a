extension Rule {
    /// A guest has one default route, and each route leads through a neighbour.
    static let nicsAreRouted = Rule { cluster in
        cluster.orderedInstances.flatMap { instance in
            oneWayOut(instance)
                + instance.nics.flatMap { nic -> [Diagnostic] in
                    guard let network = cluster.networks[nic.network] else { return [] }
                    return reachable(nic, of: instance, in: network) + leadsOut(nic, of: instance, in: network)
                        + fits(nic, of: instance, in: network)
                }
        }
    }

    private static func oneWayOut(_ instance: Instance) -> [Diagnostic] {
        let leading = instance.nics.filter { $0.leadsOut == true }
        guard leading.count > 1, let first = leading.first, let second = leading.dropFirst().first,
            let place = instance.positions["nics.\(second.name).defaultRoute"]
        else { return [] }
        return [
            Diagnostic(
                at: place,
                "the default route of \"\(instance.name)\" cannot lead through both \(first.name) and \(second.name)",
                remedy: "set defaultRoute: true on one NIC",
                related: instance.positions["nics.\(first.name).defaultRoute"].map { .init("the other NIC", at: $0) })
        ]
    }

    private static func reachable(_ nic: NIC, of instance: Instance, in network: Network) -> [Diagnostic] {
        let place = instance.positions["nics.\(nic.name).routes"] ?? instance.position
        if let first = nic.routes.first, network.cidr == nil, network.positions["cidr"] == nil,
            network.dhcp == .some(.none)
        {
            return [
                Diagnostic(
                    at: place, "the route to \(first.destination) leads through \(nic.name), which gets no address",
                    remedy: "give the network \"\(network.name)\" a cidr, or dhcp: external",
                    related: .init("the network", at: network.position))
            ]
        }
        return nic.routes.enumerated().compactMap { index, route in
            if nic.routes[..<index].contains(where: { $0.destination == route.destination }) {
                return Diagnostic(
                    at: place, "\(nic.name) of \"\(instance.name)\" has two routes to \(route.destination)")
            }
            guard let cidr = network.cidr else { return nil }
            if let problem = cidr.problem(with: route.gateway) {
                return Diagnostic(
                    at: place, "the route to \(route.destination) leads through \(route.gateway), which \(problem)",
                    remedy: "name a router in the network \"\(network.name)\"",
                    related: network.positions["cidr"].map { .init("the network", at: $0) })
            }
            guard cidr.contains(route.destination.network), route.destination.prefix >= cidr.prefix else { return nil }
            return Diagnostic(
                at: place,
                "the route to \(route.destination) leads into the network \"\(network.name)\" itself (\(cidr))",
                remedy: "name a network behind the router")
        }
    }

    private static func leadsOut(_ nic: NIC, of instance: Instance, in network: Network) -> [Diagnostic] {
        let hasWay = network.gatewayAddress != nil && network.mode.traits.leadsOut
        let isFixed = network.isOurs || network.cidr != nil && (nic.address != nil || network.addresses != nil)
        guard nic.leadsOut == true, isFixed, !hasWay,
            let place = instance.positions["nics.\(nic.name).defaultRoute"]
        else { return [] }
        return [
            Diagnostic(
                at: place,
                "the default route of \"\(instance.name)\" leads into the network \"\(network.name)\", which leads nowhere",
                remedy: "choose a NIC in a network with a gateway",
                related: .init("the network", at: network.position))
        ]
    }

    private static func fits(_ nic: NIC, of instance: Instance, in network: Network) -> [Diagnostic] {
        let most = network.packetSize ?? 1500
        // What a bridge or a network of somebody else's carries is not known here.
        guard network.isOurs || network.mtu != nil, let mtu = nic.mtu, mtu > most,
            let place = instance.positions["nics.\(nic.name).mtu"]
        else { return [] }
        return [
            Diagnostic(
                at: place,
                "\(nic.name) of \"\(instance.name)\" would send packets of \(mtu) bytes, and the network "
                    + "\"\(network.name)\" carries \(most)",
                remedy: "set mtu on the network, or remove it here",
                related: .init("the network", at: network.positions["mtu"] ?? network.position))
        ]
    }
}
