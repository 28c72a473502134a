extension Rule {
    /// An address belongs to one NIC of its network over all nodes, and is not a node's own.
    static let addressesAreGivenOnce = Rule { cluster in
        var first: [GivenAddress: (owner: String, place: Position)] = [:]
        for node in cluster.orderedNodes {
            guard case .host(let host) = node.address, let address = IPv4Address(host) else { continue }
            for network in cluster.networks.values where network.cidr?.contains(address) == true {
                // A node's address is in no VLAN that it gives its guests.
                guard case .bridge(let port) = network.mode.link, port.vlan == nil else { continue }
                first[GivenAddress(network: network.name, address: address)] = (
                    "the node \"\(node.name)\"", node.positions["address"] ?? node.position
                )
            }
        }
        var found: [Diagnostic] = []
        for instance in cluster.orderedInstances {
            for nic in instance.nics {
                guard let address = nic.address, let place = instance.positions["nics.\(nic.name).address"] else {
                    continue
                }
                let given = GivenAddress(network: nic.network, address: address)
                if let other = first[given] {
                    // A group's single address is another rule's business.
                    guard other.place != place else { continue }
                    found.append(
                        Diagnostic(
                            at: place,
                            "the address \(address) is assigned twice, to \(other.owner) and the instance \"\(instance.name)\"",
                            related: .init("first assigned", at: other.place)))
                } else {
                    first[given] = ("the instance \"\(instance.name)\"", place)
                }
            }
        }
        return found
    }
}

/// An address in its network, as what may be given once.
private struct GivenAddress: Hashable {
    let network: Name
    let address: IPv4Address
}
