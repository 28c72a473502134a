import Reconciler
import Spec

extension FakeNode {
    mutating func define(
        _ definition: NetworkDefinition, of cluster: ClusterIdentity, isMidway: Bool
    ) throws(StepError) -> StepResult {
        let uuid = definition.mark.uuid
        for other in networks.values.sorted(by: { $0.name < $1.name }) where other.uuid != uuid {
            if other.name == definition.name {
                complain("network \(definition.name) would be defined over \(other.uuid)")
                return .skipped("network '\(other.name)' is already defined with uuid \(other.uuid)")
            }
            if other.bridge == definition.bridge {
                throw StepError("bridge name '\(definition.bridge)' already in use.")
            }
        }
        if definition.mark.cluster != cluster { complain("\(definition.name) gets the mark of another cluster") }
        let old = networks[uuid]
        if let old { try checkOwner(old, of: cluster) }
        var new = ObservedNetwork(
            uuid: uuid, name: definition.name, isActive: old?.isActive ?? false, autostart: old?.autostart ?? false,
            mark: definition.mark, cidr: definition.cidr, bridge: definition.bridge,
            reservations: definition.reservations, fingerprint: "", definition: NetworkShape(definition),
            live: old?.live)
        new.link = old?.link
        networks[uuid] = new
        if isMidway { return .done }
        if !new.isActive { _ = try startNetwork(uuid) }
        new.isActive = true
        new.live = networks[uuid]?.live
        new.link = networks[uuid]?.link
        new.autostart = definition.autostart
        networks[uuid] = new
        return new == old ? .unchanged : .done
    }

    mutating func startNetwork(_ uuid: UniqueID) throws(StepError) -> StepResult {
        guard let network = networks[uuid] else { throw StepError("no network with matching uuid '\(uuid)'") }
        if network.isActive { return .unchanged }
        if let cidr = network.cidr {
            for other in networks.values where other.isActive && other.cidr?.overlaps(cidr) == true {
                throw StepError("Network is already in use by interface \(other.bridge ?? other.name)")
            }
        }
        networks[uuid]?.isActive = true
        networks[uuid]?.live = network.definition
        var started = network
        started.live = network.definition
        let link = linked(started)
        networks[uuid]?.link = link
        _ = plugGuests(into: uuid)
        return .done
    }

    /// Defines again, and has what runs follow; midway a restart has stopped the network and started nothing.
    mutating func change(
        _ definition: NetworkDefinition, restart: Bool, of cluster: ClusterIdentity, isMidway: Bool
    ) throws(StepError) -> StepResult {
        let uuid = definition.mark.uuid
        guard let old = networks[uuid] else { throw StepError("no network with matching uuid '\(uuid)'") }
        try checkOwner(old, of: cluster)
        var new = old
        new.mark = definition.mark
        new.cidr = definition.cidr
        new.bridge = definition.bridge
        new.definition = shape(definition, over: old.definition)
        new.reservations = old.reservations.filter { definition.cidr?.contains($0.address) ?? false }
        networks[uuid] = new
        guard new.isActive else { return new == old ? .unchanged : .done }
        if restart {
            networks[uuid]?.isActive = false
            networks[uuid]?.link = nil
            for tap in taps(of: new) { unplugged.insert(tap) }
            if isMidway { return .done }
            return try startNetwork(uuid)
        }
        if isMidway { return .done }
        var live = old.live
        live?.ranges = NetworkShape(definition).ranges
        if live?.fits(definition) != true { complain("network \(new.name) would need a restart that nobody saw") }
        networks[uuid]?.live = live
        let link = linked(new)
        networks[uuid]?.link = link
        return networks[uuid] == old ? .unchanged : .done
    }

    /// What a network is after it was defined again; IPv6 that somebody gave it may stay.
    private func shape(_ definition: NetworkDefinition, over old: NetworkShape?) -> NetworkShape {
        var shape = NetworkShape(definition)
        if definition.leavesIPv6, let old {
            (shape.cidr6, shape.gateway6, shape.hidesIPv6) = (old.cidr6, old.gateway6, old.hidesIPv6)
        }
        return shape
    }

    /// What a network's hook makes of it.
    private mutating func linked(_ network: ObservedNetwork) -> OverlayLink? {
        guard let overlay = network.mark?.overlay, let shape = network.live ?? network.definition else { return nil }
        hook = .present
        return OverlayLink(overlay, shape)
    }

    /// Tells the mark and the kernel of the nodes that carry a network; midway only the mark.
    mutating func carry(
        _ uuid: UniqueID, _ overlay: Overlay, of cluster: ClusterIdentity, isMidway: Bool
    ) throws(StepError) -> StepResult {
        guard let old = networks[uuid] else { throw StepError("no network with matching uuid '\(uuid)'") }
        try checkOwner(old, of: cluster)
        let known = hook
        var new = old
        new.mark?.overlay = overlay
        networks[uuid] = new
        if isMidway { return .done }
        if new.isActive {
            let link = linked(new)
            networks[uuid]?.link = link
        }
        return networks[uuid] == old && hook == known ? .unchanged : .done
    }

    /// Plugs in what lost its bridge.
    mutating func plugGuests(into uuid: UniqueID) -> StepResult {
        guard let network = networks[uuid], network.isActive else { return .unchanged }
        let loose = taps(of: network).filter(unplugged.contains)
        unplugged.subtract(loose)
        return loose.isEmpty ? .unchanged : .done
    }

    private func taps(of network: ObservedNetwork) -> [String] {
        domains.values.flatMap(FakeNode.taps)
            .filter { $0.attachment == .network(network.name) }.map(\.device)
    }

    mutating func changeNetwork(
        _ uuid: UniqueID, of cluster: ClusterIdentity, _ change: (inout ObservedNetwork) -> Void
    ) throws(StepError) -> StepResult {
        guard let old = networks[uuid] else { throw StepError("no network with matching uuid '\(uuid)'") }
        try checkOwner(old, of: cluster)
        var new = old
        change(&new)
        networks[uuid] = new
        return new == old ? .unchanged : .done
    }

    mutating func updateReservations(
        _ uuid: UniqueID, add: [Reservation], remove: [Reservation], of cluster: ClusterIdentity,
        isMidway: Bool
    ) throws(StepError) -> StepResult {
        guard let network = networks[uuid] else { throw StepError("no network with matching uuid '\(uuid)'") }
        var kept = network.reservations.filter { old in
            !remove.contains { $0.mac == old.mac && $0.address == old.address }
        }
        for new in add {
            kept.removeAll { $0.mac == new.mac }
            if let other = kept.first(where: { $0.address == new.address }) {
                throw StepError("there is an existing dhcp host entry in network '\(network.name)' for \(other.mac)")
            }
            // As libvirt has it, a name is one reservation's.
            for index in kept.indices where kept[index].name == new.name { kept[index].name = "" }
            kept.append(new)
            if isMidway { break }
        }
        if Set(kept) == Set(network.reservations) { return .unchanged }
        return try changeNetwork(uuid, of: cluster) { $0.reservations = kept }
    }

    mutating func deleteNetwork(_ uuid: UniqueID, of cluster: ClusterIdentity, isMidway: Bool) -> StepResult {
        guard let network = networks[uuid] else { return .unchanged }
        for domain in domains.values where domain.nics.contains(where: { $0.attachment == .network(network.name) }) {
            complain("network \(network.name) is deleted under \(domain.name)")
            return .skipped("\(domain.name) would lose it")
        }
        networks[uuid] = nil
        if isMidway {
            networks[uuid] = network
            networks[uuid]?.isActive = false
        }
        return .done
    }

    private mutating func checkOwner(_ network: ObservedNetwork, of cluster: ClusterIdentity) throws(StepError) {
        guard network.mark?.cluster == cluster, network.mark?.uuid == network.uuid else {
            complain("foreign network \(network.name) would be changed")
            throw StepError("network \(network.name) is not of cluster \(cluster.name)")
        }
    }
}
