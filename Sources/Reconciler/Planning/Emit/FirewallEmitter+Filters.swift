import Spec

/// What the names in a spec's firewalls stand for.
extension FirewallEmitter {
    /// The filter of an instance on a node.
    ///
    /// - Parameter isFinal: whether all that this plan changes is done: before it, what goes is still let in, and the guest has
    ///   its old addresses and interfaces as well as the new ones.
    func filter(of instance: Instance, isFinal: Bool, on node: Name) -> GuestFilter {
        let owned = owned[instance.name]
        let firewall = instance.firewall ?? Firewall()
        let given = nics[instance.name] ?? owned?.mark.nics ?? [:]
        // What is not changed now, since something keeps it from that, stays as it is.
        let isOver = isFinal && graph.isFulfilled(.recorded(instance.name))
        func filtered(_ name: Name, _ mac: MACAddress, _ own: [IPv4Address], in network: Network) -> GuestFilter.NIC {
            GuestFilter.NIC(
                name: name, mac: mac,
                sources: own.isEmpty
                    ? nil : CIDR.distinct(own.compactMap { CIDR(network: $0, prefix: 32) } + firewall.addresses),
                asksForAddress: network.addressing(given: own.first) == .dhcp,
                ingress: firewall.ingress.map { rules($0, at: network, isFinal: isFinal) },
                egress: firewall.egress.map { rules($0, at: network, isFinal: isFinal) })
        }
        var found = instance.nics.compactMap { nic -> GuestFilter.NIC? in
            guard let identity = given[nic.name], let network = cluster.networks[nic.network] else { return nil }
            let before =
                isOver ? nil : owned?.mark.nics[nic.name].flatMap { $0.mac == identity.mac ? $0.address : nil }
            let own = [identity.address] + (before == identity.address ? [] : [before])
            return filtered(nic.name, identity.mac, own.compactMap(\.self), in: network)
        }
        if !isOver, let owned, owned.node == node {
            for nic in owned.domain.running?.nics ?? [] where !found.contains(where: { $0.mac == nic.mac }) {
                guard let (name, identity) = owned.mark.nics.first(where: { $0.value.mac == nic.mac }),
                    let network = (owned.mark.applied["nics.\(name).network"].flatMap { Name($0) })
                        .flatMap({ cluster.networks[$0] })
                        ?? instance.nics.first.flatMap({ cluster.networks[$0.network] })
                else { continue }
                found.append(filtered(name, identity.mac, [identity.address].compactMap(\.self), in: network))
            }
        }
        return GuestFilter(
            uuid: owned?.domain.uuid ?? domainUUID(of: instance.name), cluster: identity, instance: instance.name,
            nics: found)
    }

    private func rules(_ rules: [Firewall.Rule], at network: Network, isFinal: Bool) -> [GuestFilter.Rule] {
        rules.map { rule in
            GuestFilter.Rule(
                peers: peers(rule.peer, at: network, isFinal: isFinal), transport: rule.transport, ports: rule.ports)
        }
    }

    private func peers(_ peer: Firewall.Peer, at network: Network, isFinal: Bool) -> [CIDR]? {
        switch peer {
        case .any: return nil
        case .block(let block): return block.prefix == 0 ? nil : [block]
        case .network(let name): return [cluster.networks[name]?.cidr].compactMap(\.self)
        case .members(let target):
            var found = members(of: target).flatMap { addresses(of: $0, in: network.name, isFinal: isFinal) }
            if !isFinal {
                found += classification.deletions.filter { isMember($0.owned.mark.instance, of: target) }
                    .flatMap { $0.owned.mark.nics.values.compactMap(\.address) }
            }
            return found.compactMap { CIDR(network: $0, prefix: 32) }
        }
    }

    private func members(of target: Name) -> [Instance] {
        cluster.instances.values.filter { $0.group == target || $0.name == target }
    }

    /// The addresses that an instance has in a network, or all of them where it is in another: then it comes through a router.
    ///
    /// Of one that no answering node has, what the rosters remember.
    func addresses(of instance: Instance, in network: Name?, isFinal: Bool) -> [IPv4Address] {
        let marked = owned[instance.name]?.mark.nics ?? [:]
        let isOver = isFinal && (owned[instance.name] == nil || graph.isFulfilled(.recorded(instance.name)))
        // An address that was chosen for an instance that nothing makes now is nobody's.
        let isThere =
            owned[instance.name] != nil || made.contains(instance.name) || history.instances[instance.name] != nil
        let given = isThere ? nics[instance.name] ?? marked : marked
        func known(_ nics: [NIC]) -> [IPv4Address] {
            nics.flatMap { nic in
                [given[nic.name]?.address ?? nic.address] + (isOver ? [] : [marked[nic.name]?.address])
            }.compactMap(\.self)
        }
        let here = known(instance.nics.filter { $0.network == network })
        if !here.isEmpty { return here }
        let all = known(instance.nics)
        return all.isEmpty ? history.instances[instance.name]?.addresses ?? [] : all
    }

    /// Whether an instance that goes was meant by a name: members are called by their group's name and a number.
    private func isMember(_ instance: Name, of target: Name) -> Bool {
        if instance == target { return true }
        guard instance.text.hasPrefix("\(target)-") else { return false }
        return Int(instance.text.dropFirst(target.text.count + 1)) != nil
    }

    /// The groups and instances that an instance's firewall names.
    private func targets(of instance: Instance) -> Set<Name> {
        let rules = (instance.firewall?.ingress ?? []) + (instance.firewall?.egress ?? [])
        return Set(
            rules.compactMap { rule in
                if case .members(let name) = rule.peer { name } else { nil }
            })
    }

    /// The instances that an instance's firewall names, in order.
    func members(of instance: Instance) -> [Instance] {
        targets(of: instance).flatMap { members(of: $0) }.sorted { $0.name < $1.name }
    }

    /// Those that it named and that this plan removes.
    func leavers(of instance: Instance) -> [Deletion] {
        let targets = targets(of: instance)
        return classification.deletions.filter { deletion in
            targets.contains { isMember(deletion.owned.mark.instance, of: $0) }
        }
    }
}
