extension Rule {
    /// What kvmctl gives must be hosts of the network, and nobody else's to give.
    static let addressRangeIsInside = Rule { cluster in
        cluster.networks.values.flatMap { network -> [Diagnostic] in
            guard let range = network.addresses, let place = network.positions["addresses"] else { return [] }
            guard let cidr = network.cidr else {
                guard network.positions["cidr"] == nil else { return [] }
                return [
                    Diagnostic(
                        at: place, "the network \"\(network.name)\" has addresses but no cidr", remedy: "add cidr:")
                ]
            }
            var found = cidr.problems(with: range, named: "addresses", in: network)
            if case .range(let dhcp)? = network.dhcp, range.overlaps(dhcp) {
                found.append(
                    Diagnostic(
                        at: place, "the addresses \(range) overlap the DHCP range \(dhcp)",
                        remedy: "kvmctl and the DHCP server would give out the same addresses",
                        related: network.positions["dhcp"].map { .init("the DHCP range", at: $0) }))
            }
            return found
        }
    }
}

extension AddressRange {
    /// Whether some address is in both.
    func overlaps(_ other: AddressRange) -> Bool {
        from <= other.to && other.from <= to
    }
}

extension CIDR {
    /// What is wrong with the ends of a range in this network.
    func problems(with range: AddressRange, named key: String, in network: Network) -> [Diagnostic] {
        [("from", range.from), ("to", range.to)].compactMap { end, address in
            guard let problem = problem(with: address), let place = network.positions["\(key).\(end)"] else {
                return nil
            }
            return Diagnostic(at: place, "\(key).\(end): \(address) \(problem)")
        }
    }
}
