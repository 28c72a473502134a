import Spec

/// What the names in a spec's firewalls stand for.
extension FirewallEmitter {
    /// The filter of an instance.
    ///
    /// - Parameter isFinal: whether instances that this plan removes are gone already.
    func filter(of instance: Instance, _ uuid: UniqueID, isFinal: Bool) -> GuestFilter {
        let firewall = instance.firewall ?? Firewall()
        let given = nics[instance.name] ?? [:]
        let filtered = instance.nics.compactMap { nic -> GuestFilter.NIC? in
            guard let identity = given[nic.name], let network = cluster.networks[nic.network] else { return nil }
            let addressing = network.addressing(given: identity.address)
            let own = identity.address.flatMap { CIDR(network: $0, prefix: 32) }
            return GuestFilter.NIC(
                name: nic.name, mac: identity.mac,
                sources: own.map { CIDR.distinct([$0] + firewall.addresses) },
                asksForAddress: addressing == .dhcp,
                ingress: firewall.ingress.map { rules($0, isFinal: isFinal) },
                egress: firewall.egress.map { rules($0, isFinal: isFinal) })
        }
        return GuestFilter(uuid: uuid, cluster: identity, instance: instance.name, nics: filtered)
    }

    private func rules(_ rules: [Firewall.Rule], isFinal: Bool) -> [GuestFilter.Rule] {
        rules.map { rule in
            GuestFilter.Rule(peers: peers(rule.peer, isFinal: isFinal), transport: rule.transport, ports: rule.ports)
        }
    }

    private func peers(_ peer: Firewall.Peer, isFinal: Bool) -> [CIDR]? {
        switch peer {
        case .any: nil
        case .block(let block): block.prefix == 0 ? nil : [block]
        case .network(let name): [cluster.networks[name]?.cidr].compactMap(\.self)
        case .members(let target):
            (members(of: target).flatMap { addresses(of: $0) } + (isFinal ? [] : leavingAddresses(of: target)))
                .compactMap { CIDR(network: $0, prefix: 32) }
        }
    }

    private func members(of target: Name) -> [Instance] {
        cluster.instances.values.filter { $0.group == target || $0.name == target }
    }

    /// Every address that an instance has, or will have.
    private func addresses(of instance: Instance) -> [IPv4Address] {
        let marked = nics[instance.name] ?? owned[instance.name]?.mark.nics ?? [:]
        let given = marked.values.compactMap(\.address)
        return given.isEmpty ? instance.nics.compactMap(\.address) : given
    }

    /// The addresses of members that this plan removes.
    private func leavingAddresses(of target: Name) -> [IPv4Address] {
        classification.deletions.filter { isMember($0.owned.mark.instance, of: target) }
            .flatMap { $0.owned.mark.nics.values.compactMap(\.address) }
    }

    /// Whether an instance that goes was meant by a name: members are called by their group's name and a number.
    func isMember(_ instance: Name, of target: Name) -> Bool {
        if instance == target { return true }
        guard instance.text.hasPrefix("\(target)-") else { return false }
        return Int(instance.text.dropFirst(target.text.count + 1)) != nil
    }

    /// The groups and instances that an instance's firewall names.
    func names(in instance: Instance) -> Set<Name> {
        let rules = (instance.firewall?.ingress ?? []) + (instance.firewall?.egress ?? [])
        return Set(
            rules.compactMap { rule in
                if case .members(let name) = rule.peer { name } else { nil }
            })
    }
}
