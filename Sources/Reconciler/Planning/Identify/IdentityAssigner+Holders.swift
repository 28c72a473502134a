import Spec

extension IdentityAssigner {
    /// What domains, marks, reservations, unreachable nodes and the rest of the spec hold; not what is about to be made.
    func identityHolders(besides making: Set<Name>) -> IdentityHolders {
        var holders = IdentityHolders()
        for node in answered.values.sorted(by: { $0.name < $1.name }) {
            let attached = attached(on: node.name)
            for network in node.networks {
                let names = specNames(of: network)
                for reservation in network.reservations where !isOurs(reservation, making) {
                    // What a network of somebody else's keeps is in nobody's way.
                    for name in names {
                        holders.take(reservation.address, in: name, .reservation(network: network.name, on: node.name))
                    }
                }
            }
            for domain in node.domains {
                if let instance = leavingInstance(domain, making) {
                    for (name, nic) in domain.mark?.nics ?? [:] {
                        holders.leavingMACs[nic.mac] = instance
                        let network = self.network(of: name, in: domain, attached)
                        if let address = nic.address { holders.leave(address, in: network, instance) }
                    }
                    continue
                }
                for nic in domain.nics { holders.macs[nic.mac] = .domain(domain.name, on: node.name) }
                for (name, nic) in domain.mark?.nics ?? [:] {
                    holders.macs[nic.mac] = .domain(domain.name, on: node.name)
                    let network = self.network(of: name, in: domain, attached)
                    if let address = nic.address {
                        holders.take(address, in: network, .domain(domain.name, on: node.name))
                    }
                }
            }
        }
        for (instance, entry) in history.instances where owned[instance] == nil && !making.contains(instance) {
            for mac in entry.macs { holders.macs[mac] = .instance(instance, on: entry.node) }
            // Rosters do not tell of which network an address is.
            for address in entry.addresses { holders.take(address, in: nil, .instance(instance, on: entry.node)) }
        }
        for instance in cluster.instances.values where !making.contains(instance.name) {
            // One that is there and left alone has what it has, and the spec may give it something else by now.
            let isThere = owned[instance.name] != nil
            guard !isThere || classification.excluded.contains(instance.name) else { continue }
            for nic in instance.nics {
                if let mac = nic.mac, !isThere || holders.macs[mac] == nil {
                    holders.macs[mac] = .instance(instance.name)
                }
                if let address = nic.address, !isThere || holders.holder(of: address, in: nic.network) == nil {
                    holders.take(address, in: nic.network, .instance(instance.name))
                }
            }
        }
        return holders
    }

    /// The network of the spec that a NIC is plugged into; nil where nobody can say.
    ///
    /// The definition tells: an edit that was cut off has changed it together with the address, and no record yet.
    func network(
        of nic: Name, in domain: ObservedDomain, _ attached: [NICAttachment: Name]
    ) -> Name? {
        guard domain.mark?.cluster == identity,
            let attachment = domain.nics.first(where: { $0.name == nic })?.attachment
        else { return nil }
        return attached[attachment]
    }

    /// The networks of the spec by what their NICs are plugged into on a node; none where two share it.
    func attached(on node: Name) -> [NICAttachment: Name] {
        var found: [NICAttachment: [Name]] = [:]
        for network in cluster.networks.values {
            found[attachment(of: network, on: node), default: []].append(network.name)
        }
        return found.compactMapValues { $0.count == 1 ? $0[0] : nil }
    }

    /// The networks of the spec that a network of a node is.
    private func specNames(of network: ObservedNetwork) -> [Name] {
        if let mark = network.mark, mark.cluster == identity, mark.uuid == network.uuid { return [mark.network] }
        return cluster.networks.values.filter {
            switch $0.mode.link {
            case .existing(let name): name == network.name
            case .bridge(let port): port.bridge == network.bridge
            case .made: false
            }
        }.map(\.name)
    }

    /// Whether a reservation is of an instance that is made or removed in this plan, so that its address is its own.
    private func isOurs(_ reservation: Reservation, _ making: Set<Name>) -> Bool {
        guard let name = Name(reservation.name) else { return false }
        return making.contains(name) || removals[name] != nil
    }

    /// The instance whose domain goes in this plan or is made further; nil for every other domain.
    private func leavingInstance(_ domain: ObservedDomain, _ making: Set<Name>) -> Name? {
        guard let mark = domain.mark, mark.cluster == identity, mark.uuid == domain.uuid else { return nil }
        return removals[mark.instance] != nil || making.contains(mark.instance) ? mark.instance : nil
    }
}
