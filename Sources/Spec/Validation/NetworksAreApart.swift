extension Rule {
    /// Networks that a node has side by side need addresses of their own; only separate bridges and VLANs may repeat them.
    static let networksAreApart = Rule { cluster in
        let networks = cluster.orderedNetworks.filter { $0.cidr != nil && $0.positions["cidr"] != nil }
        return networks.indices.compactMap { index in
            let network = networks[index]
            guard let cidr = network.cidr, let place = network.positions["cidr"] else { return nil }
            let other = networks[..<index].first { other in
                other.cidr?.overlaps(cidr) == true && !areSeparateBridges(other.mode.link, network.mode.link)
            }
            guard let other, let otherCIDR = other.cidr else { return nil }
            return Diagnostic(
                at: place,
                "the network \"\(network.name)\" (\(cidr)) overlaps the network \"\(other.name)\" (\(otherCIDR))",
                remedy: "give each its own addresses",
                related: .init("the other network", at: other.positions["cidr"] ?? other.position))
        }
    }

    static func areSeparateBridges(_ one: NetworkLink, _ other: NetworkLink) -> Bool {
        if case .bridge(let one) = one, case .bridge(let other) = other { one != other } else { false }
    }
}
