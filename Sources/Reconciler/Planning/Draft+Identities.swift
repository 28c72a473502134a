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
                    if address == nil {
                        refuseIdentity(
                            instance, "network \(network.name) has no free address for \(nic.name)",
                            "widen `addresses` of \(network.name), or remove instances", field: "nics.\(nic.name)")
                    }
                }
                given[nic.name] = DomainMark.NIC(mac: mac, address: address)
            }
            nics[instance.name] = given
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
                || isMoved(nic, owned)
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
        guard let owned = owned[instance.name] else { return }
        let itself = "domain \(owned.domain.name) on \(owned.node)"
        let me = "instance \(instance.name)"
        var given = nics[instance.name] ?? [:]
        for nic in instance.nics where !instance.changes.ignores("nics.\(nic.name)") {
            guard let network = cluster.networks[nic.network] else { continue }
            let old = given[nic.name]
            if let mac = nic.mac, let other = holders.macs[mac], other != itself, other != me {
                refuseIdentity(
                    instance, "its MAC \(mac) belongs to \(other)", "choose another, or leave the choice to kvmctl",
                    field: "nics.\(nic.name).mac")
            }
            let isOwnReservation = nic.address.map { owned.mark.nics.values.map(\.address).contains($0) } ?? false
            if let address = nic.address, let other = holders.addresses[address], other != itself, other != me,
                !isOwnReservation
            {
                refuseIdentity(
                    instance, "its address \(address) belongs to \(other)",
                    "choose another, or leave the choice to kvmctl", field: "nics.\(nic.name).address")
            }
            let mac = nic.mac ?? old?.mac ?? freeMAC(nic.name, of: instance.name, &holders)
            var address = nic.address ?? (old == nil || isMoved(nic, owned) ? nil : old?.address)
            if address == nil, network.givesAddresses {
                address = freeAddress(in: network, for: nic.name, of: instance.name, &holders)
                if address == nil {
                    refuseIdentity(
                        instance, "network \(network.name) has no free address for \(nic.name)",
                        "widen `addresses` of \(network.name), or remove instances", field: "nics.\(nic.name)")
                }
            }
            holders.macs[mac] = me
            if let address { holders.addresses[address] = me }
            given[nic.name] = DomainMark.NIC(mac: mac, address: address)
        }
        nics[instance.name] = given
    }

    /// Who has which MAC and address, over all nodes.
    private struct Holders {
        var macs: [MACAddress: String] = [:]
        var addresses: [IPv4Address: String] = [:]
        /// What becomes free in this plan, and by whose removal: nobody gets it at once unless the spec says so.
        var leavingMACs: [MACAddress: Name] = [:]
        var leavingAddresses: [IPv4Address: Name] = [:]
    }

    /// Takes what the spec sets, or refuses the instance where somebody has it.
    private mutating func claimExplicit(_ instance: Instance, _ holders: inout Holders) {
        let me = "instance \(instance.name)"
        for nic in instance.nics {
            if let mac = nic.mac {
                if let other = holders.macs[mac], other != me {
                    refuseIdentity(
                        instance, "its MAC \(mac) belongs to \(other)", "choose another, or leave the choice to kvmctl",
                        field: "nics.\(nic.name).mac")
                }
                holders.macs[mac] = me
                if let leaving = holders.leavingMACs[mac], let step = removals[leaving] {
                    waits[instance.name, default: []].append(step)
                }
            }
            if let address = nic.address {
                if let other = holders.addresses[address], other != me {
                    refuseIdentity(
                        instance, "its address \(address) belongs to \(other)",
                        "choose another, or leave the choice to kvmctl", field: "nics.\(nic.name).address")
                }
                holders.addresses[address] = me
                if let leaving = holders.leavingAddresses[address], let step = removals[leaving] {
                    waits[instance.name, default: []].append(step)
                }
            }
        }
        for nic in (nics[instance.name] ?? [:]).values {
            holders.macs[nic.mac] = me
            if let address = nic.address { holders.addresses[address] = me }
        }
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
        holders.macs[mac] = "instance \(instance)"
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
            let isLeaving = holders.leavingAddresses[address].map { $0 != instance } ?? false
            if holders.addresses[address] == nil, !isLeaving, !network.reserves(address) {
                holders.addresses[address] = "instance \(instance)"
                return address
            }
        }
        return nil
    }

    /// What domains, marks, reservations, silent nodes and the rest of the spec hold; not what is about to be made.
    private func identityHolders(besides making: Set<Name>) -> Holders {
        var holders = Holders()
        for node in answered.values.sorted(by: { $0.name < $1.name }) {
            for network in node.networks {
                for reservation in network.reservations where !isOurs(reservation, making) {
                    holders.addresses[reservation.address] = "a reservation in \(network.name) on \(node.name)"
                }
            }
            for domain in node.domains {
                if let instance = leavingInstance(domain, making) {
                    for nic in domain.mark?.nics.values.map({ $0 }) ?? [] {
                        holders.leavingMACs[nic.mac] = instance
                        if let address = nic.address { holders.leavingAddresses[address] = instance }
                    }
                    continue
                }
                for nic in domain.nics { holders.macs[nic.mac] = "domain \(domain.name) on \(node.name)" }
                for nic in domain.mark?.nics.values.map({ $0 }) ?? [] {
                    holders.macs[nic.mac] = "domain \(domain.name) on \(node.name)"
                    if let address = nic.address {
                        holders.addresses[address] = "domain \(domain.name) on \(node.name)"
                    }
                }
            }
        }
        for (instance, entry) in memory.instances where owned[instance] == nil && !making.contains(instance) {
            for mac in entry.macs { holders.macs[mac] = "instance \(instance) on \(entry.node)" }
            for address in entry.addresses { holders.addresses[address] = "instance \(instance) on \(entry.node)" }
        }
        for instance in cluster.instances.values where !making.contains(instance.name) && owned[instance.name] == nil {
            for nic in instance.nics {
                if let mac = nic.mac { holders.macs[mac] = "instance \(instance.name)" }
                if let address = nic.address { holders.addresses[address] = "instance \(instance.name)" }
            }
        }
        return holders
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
