extension Rule {
    /// A network of libvirt's that covers a node's own address would cut that node off from us.
    static let networksSpareNodes = Rule { cluster in
        cluster.networks.values.flatMap { network -> [Diagnostic] in
            guard network.mode == .nat || network.mode == .isolated, let cidr = network.cidr,
                let place = network.positions["cidr"]
            else { return [] }
            return cluster.orderedNodes.compactMap { node in
                guard case .host(let host) = node.address, let address = IPv4Address(host), cidr.contains(address)
                else {
                    return nil
                }
                return Diagnostic(
                    at: place,
                    "the network \"\(network.name)\" (\(cidr)) covers the address of the node \"\(node.name)\", \(address)",
                    remedy: "choose another cidr",
                    related: .init("the node", at: node.positions["address"] ?? node.position))
            }.prefix(1).map(\.self)
        }
    }
}
