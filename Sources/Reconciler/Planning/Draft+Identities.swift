import Spec

extension Draft {
    /// Gives every NIC of every wanted instance its MAC and address: what it has, what the spec says, or the first
    /// free one from a start that depends on nothing but its own name.
    mutating func assignIdentities() {
        for instance in existing { nics[instance.name] = owned[instance.name]?.mark.nics }
        let making = toMake
        // What cannot be compared yet gets no address either, which nothing would write down.
        let changing = existing.filter { !isUnsettled($0.name) && !isHalfMade($0) && changesIdentity($0) }
        var holders = identityHolders(besides: Set(making.map(\.name)))
        for instance in making { claimExplicit(instance, &holders) }
        for instance in making where !untouchable.contains(instance.name) {
            var given = nics[instance.name] ?? [:]
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
            nics[instance.name] = given
            guard untouchable.contains(instance.name) else { continue }
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
        missing.removeAll { untouchable.contains($0.name) }
        existing.removeAll { untouchable.contains($0.name) }
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

    private mutating func changeIdentities(of instance: Instance, _ holders: inout Holders) {
        guard let owned = owned[instance.name], isExplicitFree(instance, owned, holders) else { return }
        let me = IdentityHolder.instance(instance.name)
        var given = nics[instance.name] ?? [:]
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
        nics[instance.name] = given
    }

    /// Whether nobody else has what the spec gives to an instance that is there; it is refused where somebody does.
    private mutating func isExplicitFree(_ instance: Instance, _ owned: OwnedDomain, _ holders: Holders) -> Bool {
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

    /// An address in a network: bridges that are apart may have the same ones.
    private struct AddressPlace: Hashable {
        let network: Name?
        let address: IPv4Address
    }

    /// Who has which MAC and address, over all nodes.
    private struct Holders {
        var macs: [MACAddress: IdentityHolder] = [:]
        private var addresses: [AddressPlace: IdentityHolder] = [:]
        /// What becomes free in this plan, and by whose removal: nobody gets it at once unless the spec says so.
        var leavingMACs: [MACAddress: Name] = [:]
        private var leavingAddresses: [AddressPlace: Name] = [:]

        /// Who has an address in a network; what nobody knows the network of counts in each.
        func holder(of address: IPv4Address, in network: Name) -> IdentityHolder? {
            addresses[AddressPlace(network: network, address: address)]
                ?? addresses[AddressPlace(network: nil, address: address)]
        }

        func leaving(_ address: IPv4Address, in network: Name) -> Name? {
            leavingAddresses[AddressPlace(network: network, address: address)]
                ?? leavingAddresses[AddressPlace(network: nil, address: address)]
        }

        mutating func take(_ address: IPv4Address, in network: Name?, _ holder: IdentityHolder) {
            addresses[AddressPlace(network: network, address: address)] = holder
        }

        mutating func leave(_ address: IPv4Address, in network: Name?, _ instance: Name) {
            leavingAddresses[AddressPlace(network: network, address: address)] = instance
        }

        /// Takes back what was given to somebody.
        mutating func free(_ nic: DomainMark.NIC, in network: Name, of holder: IdentityHolder) {
            if macs[nic.mac] == holder { macs[nic.mac] = nil }
            guard let address = nic.address else { return }
            let place = AddressPlace(network: network, address: address)
            if addresses[place] == holder { addresses[place] = nil }
        }
    }

    /// Takes what the spec sets, or refuses the instance where somebody has it.
    private mutating func claimExplicit(_ instance: Instance, _ holders: inout Holders) {
        let me = IdentityHolder.instance(instance.name)
        for nic in instance.nics {
            if let mac = nic.mac {
                if let other = holders.macs[mac], other != me {
                    refuseTaken(instance, "MAC \(mac)", by: other, field: "nics.\(nic.name).mac")
                } else {
                    holders.macs[mac] = me
                }
                if let leaving = holders.leavingMACs[mac], let step = removals[leaving] {
                    waits[instance.name, default: []].append(step)
                }
            }
            if let address = nic.address {
                if let other = holders.holder(of: address, in: nic.network), other != me {
                    refuseTaken(instance, "address \(address)", by: other, field: "nics.\(nic.name).address")
                } else {
                    holders.take(address, in: nic.network, me)
                }
                if let leaving = holders.leaving(address, in: nic.network), let step = removals[leaving] {
                    waits[instance.name, default: []].append(step)
                }
            }
        }
        for (name, nic) in nics[instance.name] ?? [:] {
            holders.macs[nic.mac] = me
            let network = owned[instance.name].flatMap { self.network(of: name, in: $0.domain, attached(on: $0.node)) }
            if let address = nic.address { holders.take(address, in: network, me) }
        }
    }

    private mutating func refuseTaken(_ instance: Instance, _ what: String, by other: IdentityHolder, field: String) {
        refuseIdentity(
            instance, "its \(what) belongs to \(other)", "choose another, or leave the choice to kvmctl", field: field)
    }

    private mutating func refuseLeaving(_ instance: Instance, _ what: String, _ other: Name, field: String) {
        refuseIdentity(
            instance, "its \(what) belongs to instance \(other), which goes first", "apply again when it is gone",
            field: field)
    }

    private mutating func refuseExhausted(_ network: Network, _ nic: NIC, _ instance: Instance) {
        refuseIdentity(
            instance, "network \(network.name) has no free address for \(nic.name)",
            "widen `addresses` of \(network.name), or remove instances", field: "nics.\(nic.name)")
    }

    private mutating func refuseIdentity(_ instance: Instance, _ reason: String, _ remedy: String, field: String) {
        untouchable.insert(instance.name)
        refusals.append(
            Plan.Refusal(
                ObjectReference(.instance, instance.name.text, on: nil), reason: reason, remedy: remedy,
                position: instance.positions[field] ?? instance.position))
    }

    private func freeMAC(_ nic: Name, of instance: Name, _ holders: inout Holders) -> MACAddress {
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
        in network: Network, for nic: Name, of instance: Name, _ holders: inout Holders
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

    /// What domains, marks, reservations, silent nodes and the rest of the spec hold; not what is about to be made.
    private func identityHolders(besides making: Set<Name>) -> Holders {
        var holders = Holders()
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
        for (instance, entry) in memory.instances where owned[instance] == nil && !making.contains(instance) {
            for mac in entry.macs { holders.macs[mac] = .instance(instance, on: entry.node) }
            // Rosters do not tell of which network an address is.
            for address in entry.addresses { holders.take(address, in: nil, .instance(instance, on: entry.node)) }
        }
        for instance in cluster.instances.values where !making.contains(instance.name) && owned[instance.name] == nil {
            for nic in instance.nics {
                if let mac = nic.mac { holders.macs[mac] = .instance(instance.name) }
                if let address = nic.address { holders.take(address, in: nic.network, .instance(instance.name)) }
            }
        }
        return holders
    }

    /// The network of the spec that a NIC is plugged into; nil where nobody can say.
    ///
    /// The definition tells: an edit that was cut off has changed it together with the address, and no record yet.
    private func network(
        of nic: Name, in domain: ObservedDomain, _ attached: [NICAttachment: Name]
    ) -> Name? {
        guard domain.mark?.cluster == identity,
            let attachment = domain.nics.first(where: { $0.name == nic })?.attachment
        else { return nil }
        return attached[attachment]
    }

    /// The networks of the spec by what their NICs are plugged into on a node; none where two share it.
    private func attached(on node: Name) -> [NICAttachment: Name] {
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
            switch $0.mode {
            case .existing(let name): name == network.name
            case .bridge(let bridge): bridge == network.bridge
            default: false
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
