extension Rule {
    /// Only a gateway that answers names can have a domain for them.
    static let domainsAreServed = Rule { cluster in
        cluster.orderedNetworks.compactMap { network in
            guard network.domain != nil, let place = network.positions["domain"] else { return nil }
            guard network.isOurs else {
                return Diagnostic(
                    at: place, "nobody names guests in the network \"\(network.name)\", which kvmctl does not make",
                    remedy: "use search: for the domains in which its guests look for names")
            }
            guard network.cidr == nil, network.positions["cidr"] == nil else { return nil }
            return Diagnostic(
                at: place, "the network \"\(network.name)\" has a domain but no cidr, so nobody answers in it",
                remedy: "add cidr:")
        }
    }
}
