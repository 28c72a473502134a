import Spec

extension Draft {
    /// Compares the NICs by name: what they are plugged into, their MACs and their addresses.
    mutating func compareNICs(_ comparison: Comparison, _ update: inout InstanceUpdate) {
        let instance = comparison.instance
        let given = nics[instance.name] ?? [:]
        guard !instance.isAdopted else {
            compareAdoptedNICs(comparison, given, &update)
            return
        }
        for nic in instance.nics where !instance.changes.ignores("nics.\(nic.name)") {
            guard let identity = given[nic.name], let network = cluster.networks[nic.network] else { continue }
            compare(nic, network, identity, comparison, &update)
        }
        let wanted = Set(instance.nics.map(\.name))
        let there = comparison.owned.domain.nics + (comparison.running?.nics ?? [])
        var gone: Set<Name> = []
        for nic in there {
            guard let name = nic.name, !wanted.contains(name), !instance.changes.ignores("nics.\(name)"),
                gone.insert(name).inserted
            else { continue }
            remove(nic, name, comparison, &update)
        }
    }

    /// NICs of an adopted instance, by their MACs, which stay.
    ///
    /// Those that it came with go into other networks and keep their models. It gets more, and loses those that the spec named once; what is set in the guest is its owner's.
    private mutating func compareAdoptedNICs(
        _ comparison: Comparison, _ given: [Name: DomainMark.NIC], _ update: inout InstanceUpdate
    ) {
        let (instance, owned) = (comparison.instance, comparison.owned)
        for nic in instance.nics where !instance.changes.ignores("nics.\(nic.name)") {
            guard let network = cluster.networks[nic.network] else { continue }
            let path = "nics.\(nic.name)"
            let there = owned.domain.nics.first { $0.name == nic.name }
            let isNew = there == nil && owned.mark.nics[nic.name] == nil
            if isNew || there.map({ nic.mac == nil || nic.mac == $0.mac }) ?? false, let identity = given[nic.name] {
                compare(nic, network, identity, comparison, &update)
                update.guestNICs = []
                continue
            }
            guard let there else {
                update.blocked.append(
                    (
                        comparison.field("\(path).network", old: nil, new: nic.network.text, comparison.bootEffect),
                        "somebody unplugged it, and nobody knows what model it had: plug it in with virsh "
                            + "attach-interface, or give the spec a NIC of another name"
                    ))
                continue
            }
            if let mac = nic.mac, there.mac != mac {
                update.blocked.append(
                    (
                        comparison.field("\(path).mac", old: there.mac.description, new: mac.description, .live),
                        "a NIC that an adopted instance came with keeps its MAC: give the spec a NIC of another name"
                    ))
            }
        }
        let wanted = Set(instance.nics.map(\.name))
        for name in owned.mark.nics.keys.sorted() where !wanted.contains(name) {
            guard !instance.changes.ignores("nics.\(name)") else { continue }
            let known = owned.domain.nics + (comparison.running?.nics ?? [])
            if let nic = known.first(where: { $0.name == name }) {
                remove(nic, name, comparison, &update)
            } else {
                update.mark.nics[name] = nil
                update.isRelabelled = true
            }
        }
    }

    private mutating func compare(
        _ nic: NIC, _ network: Network, _ identity: DomainMark.NIC, _ comparison: Comparison,
        _ update: inout InstanceUpdate
    ) {
        let path = "nics.\(nic.name)"
        let node = comparison.owned.node
        let definition = DomainDefinition.NIC(
            name: nic.name, mac: identity.mac, attachment: attachment(of: network, on: node))
        let defined = comparison.owned.domain.nics.first { $0.name == nic.name }
        let live = comparison.running?.nics.first { $0.name == nic.name }
        let effect: FieldChange.Effect = comparison.running == nil ? .nextBoot : .live
        let isDefined = defined.map { $0.mac == definition.mac && $0.attachment == definition.attachment } ?? false
        let isPlugged = comparison.running == nil ? isDefined : live?.attachment == definition.attachment
        if !isDefined || !isPlugged, let observed = answered[node],
            let conflict = obstacle(to: network, on: observed)
        {
            // It is not there, or one of that name is somebody else's: nothing is plugged into it.
            let old = (live ?? defined).map { text($0.attachment) }
            update.blocked.append(
                (
                    comparison.field("\(path).network", old: old, new: network.name.text, effect),
                    "\(conflict.reason); \(conflict.remedy)"
                ))
            return
        }
        if !isDefined { update.items.append(.nic(definition)) }
        var isPluggedAnew = false
        if comparison.running != nil {
            if let live, live.mac == definition.mac {
                if live.attachment != definition.attachment {
                    update.live.append(("move/\(nic.name)", .moveNIC(definition)))
                    update.networks.insert(network.name)
                    isPluggedAnew = true
                }
            } else {
                if live != nil { update.live.append(("unplug-nic/\(nic.name)", .unplugNIC(nic.name))) }
                update.live.append(("plug-nic/\(nic.name)", .plugNIC(definition)))
                update.networks.insert(network.name)
                isPluggedAnew = true
            }
        }
        let seen = comparison.running == nil ? defined : live
        if !isDefined || isPluggedAnew {
            let old = (seen?.attachment != definition.attachment ? seen : defined).map { text($0.attachment) }
            if old != network.name.text {
                update.fields.append(comparison.field("\(path).network", old: old, new: network.name.text, effect))
            }
            let oldMAC = seen?.mac != definition.mac ? seen?.mac : defined?.mac
            if let oldMAC, oldMAC != definition.mac {
                update.fields.append(
                    comparison.field("\(path).mac", old: oldMAC.description, new: definition.mac.description, effect))
            }
        }
        let before = comparison.owned.mark.nics[nic.name]
        if before != identity { update.mark.nics[nic.name] = identity }
        if before?.address != identity.address {
            update.fields.append(
                comparison.field(
                    "\(path).address", old: before?.address?.description, new: identity.address?.description, effect))
            if let before, before.mac != identity.mac || comparison.applied["\(path).network"] != network.name.text {
                release(before, nic.name, comparison, &update)
            }
        }
        guard before != identity || !isDefined || isPluggedAnew || isUnfinished(nic, comparison) else { return }
        if update.seed == nil, hasSeed(comparison) { update.seed = .sameMachine }
        if comparison.running != nil {
            update.guestNICs.append(
                SeedDefinition.NIC(
                    name: nic.name, mac: identity.mac, addressing: network.addressing(given: identity.address)))
        }
        if isUnfinished(nic, comparison), !update.fields.contains(where: { $0.path.hasPrefix("\(path).") }) {
            update.fields.append(
                comparison.field(
                    "\(path).network", old: comparison.applied["\(path).network"], new: network.name.text, effect))
        }
    }

    /// Whether an earlier run was cut off before the guest had been told of its NIC.
    private func isUnfinished(_ nic: NIC, _ comparison: Comparison) -> Bool {
        let path = "nics.\(nic.name).network"
        return comparison.running != nil && comparison.applied[path] != nil
            && comparison.applied[path] != nic.network.text
    }

    private mutating func remove(
        _ nic: ObservedDomain.NIC, _ name: Name, _ comparison: Comparison, _ update: inout InstanceUpdate
    ) {
        if comparison.running?.nics.contains(where: { $0.name == name }) ?? false {
            // What an adopted domain has is known by its mark, until the edit takes it from there.
            let work: InstanceUpdate.Work = ("unplug-nic/\(name)", .unplugNIC(name))
            if comparison.instance.isAdopted { update.first.append(work) } else { update.live.append(work) }
        }
        if comparison.owned.domain.nics.contains(where: { $0.name == name }) { update.items.append(.removeNIC(name)) }
        if let before = comparison.owned.mark.nics[name] { release(before, name, comparison, &update) }
        update.mark.nics[name] = nil
        if update.seed == nil, hasSeed(comparison) { update.seed = .sameMachine }
        update.fields.append(
            comparison.field(
                "nics.\(name).network", old: text(nic.attachment), new: nil,
                comparison.running == nil ? .nextBoot : .live))
    }

    /// Gives back what the DHCP server of one of our networks kept for a NIC.
    private func release(
        _ nic: DomainMark.NIC, _ name: Name, _ comparison: Comparison, _ update: inout InstanceUpdate
    ) {
        guard let node = answered[comparison.owned.node], let old = comparison.applied["nics.\(name).network"],
            let network = Name(old), let there = ownedNetwork(network, on: node)
        else { return }
        for reservation in there.reservations where reservation.mac == nic.mac {
            update.released.append((network, reservation))
        }
    }

    /// Whether there is a seed that can be written anew.
    func hasSeed(_ comparison: Comparison) -> Bool {
        comparison.owned.domain.definedDisks.contains { $0.name == "seed" }
    }

    private func text(_ attachment: NICAttachment) -> String {
        switch attachment {
        case .network(let name):
            cluster.networks.values.filter { network in
                if case .existing(name) = network.mode { true } else { names.network(network.name) == name }
            }.map(\.name).min()?.text ?? "libvirt network \(name)"
        case .bridge(let name):
            cluster.networks.values.filter { $0.mode == .bridge(name) }.map(\.name).min()?.text ?? "bridge \(name)"
        case .other(let text): text
        }
    }
}
