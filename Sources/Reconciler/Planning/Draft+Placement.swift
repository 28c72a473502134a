import Spec

extension Draft {
    /// Chooses a node for every missing instance, in order, each choice reducing what is left for the next.
    mutating func placeInstances() {
        for node in answeredNames { rooms[node] = room(of: node) }
        var occupied = occupiedByGroup()
        for instance in missing {
            let isRemade = removals[instance.name] != nil
            var decision = decide(instance, occupied: occupied[instance.group ?? instance.name] ?? [], freed: isRemade)
            if decision.node == nil, !removals.isEmpty {
                let second = decide(instance, occupied: occupied[instance.group ?? instance.name] ?? [], freed: true)
                if second.node != nil { decision = second }
            }
            placements[instance.name] = decision
            guard let node = decision.node else {
                refuse(instance, decision)
                continue
            }
            occupied[instance.group ?? instance.name, default: []].append(node)
            rooms[node]?.promise(vcpus: Double(instance.vcpus), memory: Double(instance.memory.bytes))
        }
        missing.removeAll { placements[$0.name]?.node == nil }
    }

    private mutating func refuse(_ instance: Instance, _ decision: PlacementDecision) {
        let list = decision.table.joined(separator: "; ")
        refusals.append(
            Plan.Refusal(
                ObjectReference(.instance, instance.name.text, on: nil),
                reason: "no node can take it: \(list.isEmpty ? "no node answered" : list)",
                remedy: "make room, add a node, or ask for less", position: instance.position))
    }

    private func room(of name: Name) -> Room {
        guard let node = answered[name], let spec = cluster.nodes[name] else { return Room(vcpus: 0, memory: 0) }
        var room = Room(
            vcpus: Double(spec.capacityVCPUs ?? node.vcpus) * spec.overcommit.vcpus,
            memory: Double((spec.capacityMemory ?? node.memory).bytes) * spec.overcommit.memory)
        for domain in node.domains {
            room.promise(
                vcpus: Double(max(domain.vcpus, domain.liveVCPUs ?? 0)),
                memory: Double(max(domain.memory, domain.liveMemory ?? domain.memory).bytes))
        }
        for pool in node.pools where pool.isActive { room.available[pool.path] = pool.available.bytes }
        return room
    }

    /// Where the members of each group are, silent nodes included.
    private func occupiedByGroup() -> [Name: [Name]] {
        var occupied: [Name: [Name]] = [:]
        for instance in cluster.instances.values {
            let group = instance.group ?? instance.name
            if let owned = owned[instance.name], removals[instance.name] == nil {
                occupied[group, default: []].append(owned.node)
            } else if owned[instance.name] == nil, let entry = memory.instances[instance.name],
                silent.contains(entry.node)
            {
                occupied[group, default: []].append(entry.node)
            }
        }
        return occupied
    }

    /// Asks every node; `freed` counts what this plan deletes as gone.
    private func decide(_ instance: Instance, occupied: [Name], freed: Bool) -> PlacementDecision {
        var decision = PlacementDecision(instance: instance.name, node: nil, verdicts: [], needsDeletions: freed)
        var best = -Double.infinity
        for node in cluster.nodes.values.sorted(by: { $0.name < $1.name }) {
            let verdict = judge(node, for: instance, occupied: occupied, freed: freed)
            decision.verdicts.append((node.name, verdict))
            guard case .fits(let score, _, _) = verdict else { continue }
            // What is removed and made again stays where it was if it can: nobody has to learn another place.
            let isHome = removals[instance.name] != nil && owned[instance.name]?.node == node.name
            if isHome || score > best {
                best = isHome ? .infinity : score
                decision.node = node.name
            }
        }
        return decision
    }

    private func judge(
        _ node: Node, for instance: Instance, occupied: [Name], freed: Bool
    ) -> PlacementDecision.Verdict {
        if let reason = obstacle(node, for: instance) ?? spreadObstacle(node, for: instance, occupied: occupied) {
            return .rejected(reason)
        }
        guard var room = rooms[node.name] else { return .rejected("it does not answer") }
        if freed {
            for owned in owned.values where owned.node == node.name && removals[owned.mark.instance] != nil {
                room.promise(vcpus: -Double(owned.domain.vcpus), memory: -Double(owned.domain.memory.bytes))
            }
        }
        let vcpus = Double(instance.vcpus)
        let memory = Double(instance.memory.bytes)
        guard room.fits(vcpus: vcpus, memory: memory) else {
            return .rejected(shortage(room, vcpus: vcpus, memory: memory))
        }
        let shares = room.shares(vcpus: vcpus, memory: memory)
        // Rounded, so that equal loads reached in another order compare as equal and the name decides.
        let score = ((0.7 * shares.cpu + 0.3 * shares.memory) * 1e9).rounded() / 1e9
        return .fits(score: score, cpu: shares.cpu, memory: shares.memory)
    }

    private func shortage(_ room: Room, vcpus: Double, memory: Double) -> String {
        var lacks: [String] = []
        if room.promisedVCPUs + vcpus > room.vcpus {
            lacks.append(
                "\(max(0, Int(room.vcpus - room.promisedVCPUs))) of \(Int(room.vcpus)) vCPUs free, \(Int(vcpus)) wanted"
            )
        }
        if room.promisedMemory + memory > room.memory {
            let free = UInt64(max(0, room.memory - room.promisedMemory)) >> 20
            lacks.append("\(free)MiB of \(UInt64(room.memory) >> 20)MiB memory free, \(UInt64(memory) >> 20)MiB wanted")
        }
        return "no room: " + lacks.joined(separator: " and ")
    }

    /// Why a node cannot take an instance whatever its room; nil where it can.
    private func obstacle(_ node: Node, for instance: Instance) -> String? {
        if let pin = instance.node, pin != node.name { return "the instance is pinned to \(pin)" }
        switch node.state {
        case .active: break
        case .cordoned, .maintenance, .offline, .lost: return "its state is \(node.state.rawValue)"
        }
        guard let observed = answered[node.name] else { return "it does not answer" }
        for (label, value) in instance.placement.where.sorted(by: { $0.key < $1.key }) where node.labels[label] != value
        {
            return "its label \(label) is \(node.labels[label] ?? "not set"), not \(value)"
        }
        if let home = diskHome(of: instance.name), home != node.name { return "the instance's disks are on \(home)" }
        return networkObstacle(observed, for: instance) ?? storageObstacle(node, observed, for: instance)
    }

    /// The node that has the disks of an instance whose domain is gone.
    ///
    /// They are a kept data disk, or all of them after somebody undefined the domain. Only the roster tells which.
    func diskHome(of instance: Name) -> Name? {
        if let kept = memory.keptDisks.first(where: { $0.instance == instance }) { return kept.node }
        if let kept = newlyKept.first(where: { $0.instance == instance }) { return kept.node }
        guard let entry = memory.instances[instance], let node = answered[entry.node] else { return nil }
        return entry.volumes.contains { $0.key != "seed" && node.volumes[$0.value] != nil } ? entry.node : nil
    }

    private func networkObstacle(_ observed: ObservedNode, for instance: Instance) -> String? {
        for nic in instance.nics {
            guard let network = cluster.networks[nic.network] else { continue }
            switch network.mode {
            case .bridge(let bridge) where !observed.bridges.contains(bridge):
                return "it has no bridge \(bridge) (network \(network.name))"
            case .existing(let name) where !observed.networks.contains { $0.name == name && $0.isActive }:
                return "it has no active libvirt network \(name) (network \(network.name))"
            case .nat, .isolated:
                if let reason = networkConflict(network, on: observed) { return reason }
            default: break
            }
        }
        return nil
    }

    private func storageObstacle(_ node: Node, _ observed: ObservedNode, for instance: Instance) -> String? {
        if let folder = pool(instance.pool, on: node.name) {
            let seed = "\(folder.path)/\(names.seed(instance.name))"
            if let reason = strangerObstacle(seed, observed, for: instance) { return reason }
        }
        for (disk, pool, size) in disks(of: instance) {
            guard let folder = self.pool(pool, on: node.name) else { return "it has no pool \(pool)" }
            let path = "\(folder.path)/\(volumeName(disk, of: instance.name))"
            if let reason = strangerObstacle(path, observed, for: instance) { return reason }
            if let available = rooms[node.name]?.available[folder.path], observed.volumes[path] == nil,
                size.bytes > available
            {
                return "pool \(pool) has \(available >> 20)MiB available, \(disk) wants \(size)"
            }
        }
        return nil
    }

    private func strangerObstacle(_ path: String, _ node: ObservedNode, for instance: Instance) -> String? {
        guard node.volumes[path] != nil, !isRemembered(path, of: instance.name, on: node.name) else { return nil }
        return "\(path) is there already and nothing says that it is this instance's; "
            + "rename or remove it to use the node"
    }

    private func spreadObstacle(_ node: Node, for instance: Instance, occupied: [Name]) -> String? {
        guard let spread = instance.placement.spread else { return nil }
        switch spread {
        case .node:
            return occupied.contains(node.name) ? "another member of \(instance.group ?? instance.name) is there" : nil
        case .label(let label):
            guard let value = node.labels[label] else { return "it has no label \(label) to spread over" }
            let taken = occupied.contains { cluster.nodes[$0]?.labels[label] == value }
            return taken ? "another member of \(instance.group ?? instance.name) is in \(label) \(value)" : nil
        }
    }

    /// Every disk of an instance but the seed, the root disk first.
    func disks(of instance: Instance) -> [(disk: String, pool: Name, size: Size)] {
        [("root", instance.pool, instance.disk)] + instance.disks.map { ($0.name.text, $0.pool, $0.size) }
    }

    func volumeName(_ disk: String, of instance: Name) -> String {
        guard disk != "root", let name = Name(disk) else { return names.rootVolume(instance) }
        return names.dataVolume(name, of: instance)
    }

    /// Whether the roster says that a file is this instance's disk.
    func isRemembered(_ path: String, of instance: Name, on node: Name) -> Bool {
        if memory.keptDisks.contains(where: { $0.instance == instance && $0.node == node && $0.path == path }) {
            return true
        }
        if newlyKept.contains(where: { $0.instance == instance && $0.node == node && $0.path == path }) { return true }
        // What this very plan deletes is gone by the time it is made again.
        if let owned = owned[instance], removals[instance] != nil, owned.node == node,
            owned.domain.disks.contains(where: { $0.path == path })
        {
            return true
        }
        guard let entry = memory.instances[instance], entry.node == node else { return false }
        return entry.volumes.values.contains(path)
    }
}
