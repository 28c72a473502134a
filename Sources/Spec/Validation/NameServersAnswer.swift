extension Rule {
    /// A guest that is told to ask itself, as its node's resolv.conf says of the node, resolves nothing.
    static let nameServersAnswer = Rule { cluster in
        cluster.networks.values.flatMap { network in
            network.dns.compactMap { server in
                guard let place = network.positions["dns"],
                    let reserved = CIDR(network: server, prefix: 32)?.reserved
                else { return nil }
                return Diagnostic(
                    at: place,
                    "dns: no name server answers guests at \(server): \(reserved.range) is \(reserved.purpose)",
                    remedy: "write an address that guests can reach")
            }
        }
    }
}
