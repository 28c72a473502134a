import Spec

extension InstanceComparer {
    /// Compares the NICs by name: what they are plugged into, their MACs and their addresses.
    func compareNICs(_ comparison: Comparison, _ update: inout InstanceUpdate) {
        let instance = comparison.instance
        let given = identities.nics[instance.name] ?? [:]
        compareTaps(comparison, &update)
        guard !instance.isAdopted else {
            compareAdoptedNICs(comparison, given, &update)
            return
        }
        for nic in instance.nics where !comparison.ignores("nics.\(nic.name)") {
            guard let identity = given[nic.name], let network = cluster.networks[nic.network] else { continue }
            compare(nic, network, identity, comparison, &update)
        }
        leadOut(comparison, given, &update)
        let wanted = Set(instance.nics.map(\.name))
        let there = comparison.owned.domain.nics + (comparison.running?.nics ?? [])
        var gone: Set<Name> = []
        for nic in there {
            guard let name = nic.name, !wanted.contains(name), !comparison.ignores("nics.\(name)"),
                gone.insert(name).inserted
            else { continue }
            remove(nic, name, comparison, &update)
        }
    }

    /// Tells a running guest which NIC leads out now, where the spec says it otherwise than before.
    ///
    /// That NIC takes the others' default routes away once it has one; where none leads out, each loses its own.
    private func leadOut(
        _ comparison: Comparison, _ given: [Name: DomainMark.NIC], _ update: inout InstanceUpdate
    ) {
        let changed = comparison.instance.nics.map { "nics.\($0.name).defaultRoute" }
            .contains { comparison.applied[$0] != comparison.wanted[$0] && !comparison.ignores($0) }
        guard changed, comparison.running != nil else { return }
        let nics = comparison.instance.nics.compactMap { nic -> SeedDefinition.NIC? in
            guard let identity = given[nic.name], let network = cluster.networks[nic.network] else { return nil }
            return SeedDefinition.NIC(nic, of: comparison.instance, in: network, identity)
        }
        guard let leader = SeedDefinition.leader(of: nics).map({ nics[$0] }) else { return }
        var told = leader
        told.keepsAddress = true
        if let known = update.guestNICs.first(where: { $0.name == leader.name }) { told = known }
        told.leadsOut = true
        update.guestNICs.removeAll { $0.name == leader.name }
        for index in update.guestNICs.indices { update.guestNICs[index].leadsOut = nil }
        // Last: it finds the others as they are to be.
        update.guestNICs.append(told)
    }

    /// Has the interfaces of a filtered guest keep their names on the node; those that run get them at their next start.
    ///
    /// One that moves gets them where it goes.
    private func compareTaps(_ comparison: Comparison, _ update: inout InstanceUpdate) {
        guard comparison.instance.firewall != nil, moves[comparison.instance.name] == nil else { return }
        let macs = Set((identities.nics[comparison.instance.name] ?? [:]).values.map(\.mac))
        for nic in comparison.owned.domain.nics where macs.contains(nic.mac) && nic.tap != nic.mac.tapName {
            update.items.append(.ownTap(nic.mac))
            let path = "nics.\(nic.name?.text ?? nic.mac.description).tap"
            update.fields.append(
                FieldChange(
                    path: path, old: nic.tap, new: nic.mac.tapName, effect: .nextBoot, origin: .edit,
                    position: comparison.position(of: "firewall")))
        }
    }

    func compare(
        _ nic: NIC, _ network: Network, _ identity: DomainMark.NIC, _ comparison: Comparison,
        _ update: inout InstanceUpdate
    ) {
        let node = comparison.owned.node
        var definition = definition(of: nic, in: network, identity.mac, of: comparison.instance, on: node)
        if comparison.applied["nics.\(nic.name).bandwidth"] != nil { definition.setsBandwidth = true }
        let work = NICComparison(nic, network, identity, comparison, definition)
        if !work.isDefined || !work.isPlugged, let observed = answered[node],
            let conflict = obstacle(to: network, on: observed)
        {
            // It is not there, or one of that name is somebody else's: nothing is plugged into it.
            let old = (work.live ?? work.defined).map { text($0.attachment) }
            update.blocked.append(
                (
                    comparison.field("\(work.path).network", old: old, new: network.name.text, work.effect),
                    "\(conflict.reason); \(conflict.remedy)"
                ))
            return
        }
        let isLimited = compareBandwidth(work, comparison, &update)
        let isCut = compareLink(work, comparison, &update)
        if !work.isDefined || work.isResized || work.lacksPlainFrames || isLimited || isCut {
            var item = work.definition
            item.mendsLink = isCut
            update.items.append(.nic(item))
        }
        if work.isResized {
            update.fields.append(
                comparison.field(
                    "\(work.path).mtu", old: "\(work.defined?.mtu ?? 1500)", new: "\(work.definition.mtu ?? 1500)",
                    .nextBoot))
        }
        if work.lacksPlainFrames {
            update.fields.append(
                comparison.field("\(work.path).offloads", old: "on", new: "off", .nextBoot))
        }
        let isPluggedAnew = plug(work, comparison, &update)
        if !work.isDefined || isPluggedAnew { showPlug(work, comparison, &update) }
        let before = comparison.owned.mark.nics[nic.name]
        if before != identity { update.mark.nics[nic.name] = identity }
        if before?.address != identity.address { compareAddress(work, before, comparison, &update) }
        let isUnfinished = isUnfinished(nic, comparison)
        let isRerouted = compareRoutes(work, comparison, &update)
        let isNew = before != identity || !work.isDefined || isPluggedAnew || isUnfinished
        guard isNew || isRerouted || work.isResized else { return }
        if update.seed == nil, hasSeed(comparison) { update.seed = .sameMachine }
        if comparison.running != nil, isNew || isRerouted {
            var told = SeedDefinition.NIC(nic, of: comparison.instance, in: network, identity)
            told.formerRoutes = Route.list(comparison.applied["\(work.path).routes"]).filter {
                !nic.routes.contains($0)
            }
            told.keepsAddress = !isNew
            update.guestNICs.append(told)
        }
        if isUnfinished, !update.fields.contains(where: { $0.path.hasPrefix("\(work.path).") }) {
            update.fields.append(
                comparison.field(
                    "\(work.path).network", old: comparison.applied["\(work.path).network"], new: network.name.text,
                    work.effect))
        }
    }

    /// Limits what a NIC carries as the spec says; whether its definition differs.
    ///
    /// What limits there are without a word of the spec, now or before, is somebody else's matter.
    private func compareBandwidth(
        _ work: NICComparison, _ comparison: Comparison, _ update: inout InstanceUpdate
    ) -> Bool {
        let path = "\(work.path).bandwidth"
        let wanted = work.definition.bandwidth
        guard work.isDefined, work.definition.setsBandwidth else { return false }
        let isLimited = work.defined?.bandwidth != wanted
        let differsLive =
            work.isPlugged && work.live?.mac == work.definition.mac && comparison.running != nil
            && work.live?.bandwidth != wanted
        if differsLive { update.live.append(("limit/\(work.definition.name)", .moveNIC(work.definition))) }
        guard isLimited || differsLive else { return false }
        let old = differsLive ? work.live?.bandwidth : work.defined?.bandwidth
        update.fields.append(
            comparison.field(path, old: old?.description, new: wanted?.description, work.effect))
        return isLimited
    }

    /// Shows which ways a NIC has into other networks; whether they are others than were applied.
    private func compareRoutes(
        _ work: NICComparison, _ comparison: Comparison, _ update: inout InstanceUpdate
    ) -> Bool {
        let paths = ["routes", "defaultRoute"].map { "\(work.path).\($0)" }
            .filter { comparison.applied[$0] != comparison.wanted[$0] }
        for path in paths where !comparison.ignores(path) {
            update.fields.append(
                comparison.field(path, old: comparison.applied[path], new: comparison.wanted[path], work.effect))
        }
        return !paths.isEmpty
    }

    /// Plugs a NIC of what runs into its network, where it is not; whether it does.
    private func plug(_ work: NICComparison, _ comparison: Comparison, _ update: inout InstanceUpdate) -> Bool {
        guard comparison.running != nil else { return false }
        let name = work.definition.name
        if let live = work.live, live.mac == work.definition.mac,
            live.attachment == work.definition.attachment || canMove(live, to: work.definition)
        {
            guard live.attachment != work.definition.attachment else { return false }
            update.live.append(("move/\(name)", .moveNIC(work.definition)))
        } else {
            if work.live != nil { update.live.append(("unplug-nic/\(name)", .unplugNIC(name))) }
            update.live.append(("plug-nic/\(name)", .plugNIC(work.definition)))
        }
        update.networks.insert(work.network.name)
        return true
    }

    /// Whether a NIC that is plugged in goes into another network as it is: libvirt gives it no other size of packets.
    private func canMove(_ nic: ObservedDomain.NIC, to definition: DomainDefinition.NIC) -> Bool {
        nic.attachment.isMovable && definition.attachment.isMovable && (nic.mtu ?? 1500) == (definition.mtu ?? 1500)
    }

    /// Shows which network and which MAC a NIC gets.
    private func showPlug(_ work: NICComparison, _ comparison: Comparison, _ update: inout InstanceUpdate) {
        let seen = comparison.running == nil ? work.defined : work.live
        let definition = work.definition
        let old = (seen?.attachment != definition.attachment ? seen : work.defined).map { text($0.attachment) }
        if old != work.network.name.text {
            update.fields.append(
                comparison.field("\(work.path).network", old: old, new: work.network.name.text, work.effect))
        }
        let oldMAC = seen?.mac != definition.mac ? seen?.mac : work.defined?.mac
        guard let oldMAC, oldMAC != definition.mac else { return }
        update.fields.append(
            comparison.field(
                "\(work.path).mac", old: oldMAC.description, new: definition.mac.description, work.effect))
    }

    /// Shows which address a NIC gets, and gives back the old one.
    private func compareAddress(
        _ work: NICComparison, _ before: DomainMark.NIC?, _ comparison: Comparison, _ update: inout InstanceUpdate
    ) {
        update.fields.append(
            comparison.field(
                "\(work.path).address", old: before?.address?.description, new: work.identity.address?.description,
                work.effect))
        guard let before,
            before.mac != work.identity.mac
                || comparison.applied["\(work.path).network"] != work.network.name.text
        else { return }
        release(before, work.definition.name, comparison, &update)
    }

    /// Whether an earlier run was cut off before the guest had been told of its NIC.
    private func isUnfinished(_ nic: NIC, _ comparison: Comparison) -> Bool {
        let path = "nics.\(nic.name).network"
        return comparison.running != nil && comparison.applied[path] != nil
            && comparison.applied[path] != nic.network.text
    }

    func remove(
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
                if case .existing(name) = network.mode.link { true } else { names.network(network.name) == name }
            }.map(\.name).min()?.text ?? "libvirt network \(name)"
        case .bridge(let port):
            cluster.networks.values.filter { $0.mode.link == .bridge(port) }.map(\.name).min()?.text ?? port.text
        case .other(let text): text
        }
    }
}
