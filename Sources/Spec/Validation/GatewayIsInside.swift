extension Rule {
    /// A gateway is a host of its network.
    static let gatewayIsInside = Rule { cluster in
        cluster.networks.values.compactMap { network in
            guard let gateway = network.gateway, let place = network.positions["gateway"] else { return nil }
            guard let cidr = network.cidr else {
                guard network.positions["cidr"] == nil else { return nil }
                return Diagnostic(
                    at: place, "the network \"\(network.name)\" has a gateway but no cidr", remedy: "add cidr:")
            }
            return cidr.problem(with: gateway).map { problem in
                Diagnostic(at: place, "the gateway \(gateway) \(problem)")
            }
        }
    }
}

extension CIDR {
    /// Why an address cannot be a host's in this network, as the end of a sentence; nil if it can.
    func problem(with address: IPv4Address) -> String? {
        if !contains(address) { return "is outside its network \(self)" }
        if address == network { return "is the address of the network \(self) itself" }
        if address == broadcast { return "is the broadcast address of \(self)" }
        return nil
    }
}
