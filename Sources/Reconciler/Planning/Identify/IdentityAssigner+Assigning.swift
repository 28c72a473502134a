import Spec

extension IdentityAssigner {
    /// Gives every NIC of every wanted instance its MAC and address: what it has, what the spec says, or the first
    /// free one from a start that depends on nothing but its own name.
    mutating func assignIdentities() {
        let existing = classification.existing
        for instance in existing { identities.nics[instance.name] = owned[instance.name]?.mark.nics }
        let making = existing.named(classification.halfMade) + assignments.placed
        // What cannot be compared yet gets no address either, which nothing would write down.
        let changing = existing.filter { !isMidMigration($0.name) && !isHalfMade($0) && changesIdentity($0) }
        var holders = identityHolders(besides: Set(making.map(\.name)))
        for instance in making { claimExplicit(instance, &holders) }
        for instance in making where !identities.excluded.contains(instance.name) {
            var given = identities.nics[instance.name] ?? [:]
            for nic in instance.nics where given[nic.name] == nil {
                guard let network = cluster.networks[nic.network] else { continue }
                let mac = nic.mac ?? freeMAC(nic.name, of: instance.name, &holders)
                var address = nic.address
                if address == nil, network.givesAddresses {
                    address = freeAddress(in: network, for: nic.name, of: instance.name, &holders)
                    if address == nil { refuseExhausted(network, nic, instance) }
                }
                given[nic.name] = DomainMark.NIC(mac: mac, address: address)
            }
            identities.nics[instance.name] = given
            guard identities.excluded.contains(instance.name) else { continue }
            // What kvmctl would have given it is there for others; what the spec gives it stays its own.
            for nic in instance.nics {
                guard let got = given[nic.name], owned[instance.name]?.mark.nics[nic.name] == nil else { continue }
                var chosen = got
                if nic.address != nil { chosen.address = nil }
                let explicit = nic.mac.flatMap { holders.macs[$0] }
                holders.free(chosen, in: nic.network, of: .instance(instance.name))
                if let mac = nic.mac { holders.macs[mac] = explicit }
            }
        }
        for instance in changing { changeIdentities(of: instance, &holders) }
        let excluded = identities.excluded
        identities.missing = assignments.placed.without(excluded)
        identities.existing = existing.without(excluded)
    }

    /// Whether an instance that is there gets a NIC, a MAC or an address that it does not have.
    private func changesIdentity(_ instance: Instance) -> Bool {
        guard let owned = owned[instance.name] else { return false }
        return instance.nics.contains { nic in
            guard !instance.changes.ignores("nics.\(nic.name)") else { return false }
            guard let given = owned.mark.nics[nic.name] else { return true }
            return nic.mac.map { $0 != given.mac } ?? false || nic.address.map { $0 != given.address } ?? false
                || isMoved(nic, owned) || owned.mark.applied["nics.\(nic.name).network"] != nic.network.text
        }
    }

    /// Whether the spec puts a NIC into another network than when it was last applied, so that its address means nothing.
    private func isMoved(_ nic: NIC, _ owned: OwnedDomain) -> Bool {
        let applied = owned.mark.applied["nics.\(nic.name).network"]
        guard applied != nic.network.text, let network = cluster.networks[nic.network] else { return false }
        guard let address = owned.mark.nics[nic.name]?.address else { return network.givesAddresses }
        // An earlier run may have given it its new address already.
        return !(network.cidr?.contains(address) ?? false)
    }

    private mutating func changeIdentities(of instance: Instance, _ holders: inout IdentityHolders) {
        guard let owned = owned[instance.name], isExplicitFree(instance, owned, holders) else { return }
        let me = IdentityHolder.instance(instance.name)
        var given = identities.nics[instance.name] ?? [:]
        var taken: [(nic: DomainMark.NIC, network: Name)] = []
        for nic in instance.nics where !instance.changes.ignores("nics.\(nic.name)") {
            guard let network = cluster.networks[nic.network] else { continue }
            let old = given[nic.name]
            let mac = nic.mac ?? old?.mac ?? freeMAC(nic.name, of: instance.name, &holders)
            var address = nic.address ?? (old == nil || isMoved(nic, owned) ? nil : old?.address)
            if address == nil, network.givesAddresses {
                address = freeAddress(in: network, for: nic.name, of: instance.name, &holders)
                guard let address else {
                    refuseExhausted(network, nic, instance)
                    // What it would have got is there for others.
                    for (nic, network) in taken { holders.free(nic, in: network, of: me) }
                    return
                }
                taken.append((DomainMark.NIC(mac: mac, address: address), network.name))
            }
            holders.macs[mac] = me
            if let address { holders.take(address, in: nic.network, me) }
            given[nic.name] = DomainMark.NIC(mac: mac, address: address)
        }
        identities.nics[instance.name] = given
    }

    /// Whether nobody else has what the spec gives to an instance that is there; it is refused where somebody does.
    private mutating func isExplicitFree(_ instance: Instance, _ owned: OwnedDomain, _ holders: IdentityHolders) -> Bool
    {
        let own: [IdentityHolder] = [.domain(owned.domain.name, on: owned.node), .instance(instance.name)]
        var isFree = true
        for nic in instance.nics where !instance.changes.ignores("nics.\(nic.name)") {
            if let mac = nic.mac, let other = holders.macs[mac], !own.contains(other) {
                refuseTaken(instance, "MAC \(mac)", by: other, field: "nics.\(nic.name).mac")
                isFree = false
            }
            if let mac = nic.mac, let leaving = holders.leavingMACs[mac], leaving != instance.name {
                refuseLeaving(instance, "MAC \(mac)", leaving, field: "nics.\(nic.name).mac")
                isFree = false
            }
            if let address = nic.address, let leaving = holders.leaving(address, in: nic.network),
                leaving != instance.name
            {
                refuseLeaving(instance, "address \(address)", leaving, field: "nics.\(nic.name).address")
                isFree = false
            }
            let isOwnReservation = nic.address.map { owned.mark.nics.values.map(\.address).contains($0) } ?? false
            if let address = nic.address, let other = holders.holder(of: address, in: nic.network),
                !own.contains(other), !(isOwnReservation && other.isReservation)
            {
                refuseTaken(instance, "address \(address)", by: other, field: "nics.\(nic.name).address")
                isFree = false
            }
        }
        return isFree
    }

    /// Takes what the spec sets, or refuses the instance where somebody has it.
    private mutating func claimExplicit(_ instance: Instance, _ holders: inout IdentityHolders) {
        let me = IdentityHolder.instance(instance.name)
        for nic in instance.nics {
            if let mac = nic.mac {
                if let other = holders.macs[mac], other != me {
                    refuseTaken(instance, "MAC \(mac)", by: other, field: "nics.\(nic.name).mac")
                } else {
                    holders.macs[mac] = me
                }
                if let leaving = holders.leavingMACs[mac], let step = removals[leaving] {
                    identities.waits[instance.name, default: []].append(step)
                }
            }
            if let address = nic.address {
                if let other = holders.holder(of: address, in: nic.network), other != me {
                    refuseTaken(instance, "address \(address)", by: other, field: "nics.\(nic.name).address")
                } else {
                    holders.take(address, in: nic.network, me)
                }
                if let leaving = holders.leaving(address, in: nic.network), let step = removals[leaving] {
                    identities.waits[instance.name, default: []].append(step)
                }
            }
        }
        for (name, nic) in identities.nics[instance.name] ?? [:] {
            holders.macs[nic.mac] = me
            let network = owned[instance.name].flatMap { self.network(of: name, in: $0.domain, attached(on: $0.node)) }
            if let address = nic.address { holders.take(address, in: network, me) }
        }
    }

    private func freeMAC(_ nic: Name, of instance: Name, _ holders: inout IdentityHolders) -> MACAddress {
        var attempt = 0
        var mac = names.mac(nic: nic, of: instance, try: attempt)
        while holders.macs[mac] != nil || holders.leavingMACs[mac].map({ $0 != instance }) ?? false {
            attempt += 1
            mac = names.mac(nic: nic, of: instance, try: attempt)
        }
        holders.macs[mac] = .instance(instance)
        return mac
    }

    private func freeAddress(
        in network: Network, for nic: Name, of instance: Name, _ holders: inout IdentityHolders
    ) -> IPv4Address? {
        guard let range = network.givenAddresses, range.from <= range.to else { return nil }
        let count = UInt64(range.to.value - range.from.value) + 1
        let start = StableHash.number("address", identity.text, network.name.text, instance.text, nic.text) % count
        for offset in 0..<count {
            let address = IPv4Address(value: range.from.value + UInt32((start + offset) % count))
            let isLeaving = holders.leaving(address, in: network.name).map { $0 != instance } ?? false
            if holders.holder(of: address, in: network.name) == nil, !isLeaving, !network.reserves(address) {
                holders.take(address, in: network.name, .instance(instance))
                return address
            }
        }
        return nil
    }
}
