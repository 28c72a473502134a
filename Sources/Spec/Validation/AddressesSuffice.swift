extension Rule {
    /// A network must have as many addresses as kvmctl has to give in it.
    static let addressesSuffice = Rule { cluster in
        var wanted: [Name: Int] = [:]
        var taken: [Name: Set<IPv4Address>] = [:]
        for nic in cluster.instances.values.flatMap(\.nics) {
            if let address = nic.address {
                taken[nic.network, default: []].insert(address)
            } else {
                wanted[nic.network, default: 0] += 1
            }
        }
        return wanted.compactMap { name, count in
            guard let network = cluster.networks[name], network.dhcp != .external,
                let supply = network.supply(less: taken[name] ?? [])
            else { return nil }
            guard count > supply.count, let place = network.positions["addresses"] ?? network.positions["cidr"] else {
                return nil
            }
            return Diagnostic(
                at: place,
                "the network \"\(name)\" has \(supply.count) addresses to assign in \(supply.range), and \(count) NICs need one",
                remedy: "widen addresses: or the cidr")
        }
    }
}

extension Network {
    /// How many addresses kvmctl can give here and the range they are in; nil where it gives none, or has enough for any spec.
    fileprivate func supply(less taken: Set<IPv4Address>) -> (count: Int, range: AddressRange)? {
        guard let cidr else { return nil }
        let range = addresses ?? AddressRange(from: cidr.firstHost, to: cidr.lastHost)
        guard range.from <= range.to, range.to.value - range.from.value < 65_536 else { return nil }
        var excluded = taken
        excluded.formUnion([cidr.network, cidr.broadcast])
        if let gateway = gatewayAddress { excluded.insert(gateway) }
        var count = 0
        for value in range.from.value...range.to.value {
            let address = IPv4Address(value: value)
            if excluded.contains(address) { continue }
            if case .range(let served)? = dhcp, served.contains(address) { continue }
            count += 1
        }
        return (count, range)
    }
}
