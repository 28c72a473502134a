import Spec

extension Draft {
    /// Chooses a node for every missing instance, in order, each choice reducing what is left for the next.
    mutating func placeInstances() {
        var seats = seats()
        let numbers = Dictionary(uniqueKeysWithValues: seats.enumerated().map { ($1.node.name, $0) })
        var occupied = occupiedByGroup()
        var queues = SeatQueues(missing.map { SeatDemand($0) })
        for instance in missing {
            let taken = occupied[instance.group ?? instance.name] ?? []
            let isRemade = removals[instance.name] != nil
            var decision: PlacementDecision
            if !isRemade, instance.node == nil, queues.serve(SeatDemand(instance)), diskHome(of: instance.name) == nil {
                decision = decide(instance, among: seats, in: &queues, occupied: taken)
            } else {
                decision = decide(instance, among: seats, numbers, occupied: taken, freed: isRemade)
            }
            if decision.node == nil, !removals.isEmpty {
                decision = decide(instance, among: seats, numbers, occupied: taken, freed: true)
            }
            guard let node = decision.node, let number = numbers[node] else {
                refuse(instance, among: seats, occupied: taken)
                continue
            }
            placements[instance.name] = decision
            occupied[instance.group ?? instance.name, default: []].insert(node)
            seats[number].room.promise(vcpus: Double(instance.vcpus), memory: Double(instance.memory.bytes))
        }
        missing.removeAll { placements[$0.name]?.node == nil }
    }

    /// How many nodes a refusal goes through by name: a person reads it.
    private static let shownVerdicts = 12

    private mutating func refuse(_ instance: Instance, among seats: [Seat], occupied: Set<Name>) {
        let shown = seats.prefix(Draft.shownVerdicts).map { seat in
            "\(seat.node.name): \(verdict(of: seat, for: instance, occupied: occupied))"
        }
        let more = seats.count > shown.count ? ["and \(seats.count - shown.count) more nodes"] : []
        let list = (shown + more).joined(separator: "; ")
        let unasked = cluster.nodes.values.filter { node in
            node.state == .active && silence(of: node.name) != nil && (instance.node ?? node.name) == node.name
        }
        guard unasked.isEmpty else {
            // A node that could have taken it did not answer: that is unknown, and no refusal.
            block(instance, "no node that answers can take it: \(list)")
            return
        }
        refusals.append(
            Plan.Refusal(
                ObjectReference(.instance, instance.name.text, on: nil),
                reason: "no node can take it: \(list.isEmpty ? "no node answered" : list)",
                remedy: "make room, add a node, or ask for less", position: instance.position))
    }

    /// Every node in name order.
    private func seats() -> [Seat] {
        let leaving = Dictionary(grouping: owned.values.filter { removals[$0.mark.instance] != nil }, by: \.node)
        return cluster.nodes.values.sorted { $0.name < $1.name }.map { node in
            var seat = Seat(
                node: node, room: room(of: node.name), isOpen: node.state == .active && answered[node.name] != nil)
            for owned in leaving[node.name] ?? [] {
                seat.freedVCPUs += Double(owned.domain.vcpus)
                seat.freedMemory += Double(owned.domain.memory.bytes)
            }
            return seat
        }
    }

    func room(of name: Name) -> Room {
        guard let node = answered[name], let spec = cluster.nodes[name] else { return Room(vcpus: 0, memory: 0) }
        var room = Room(
            vcpus: Double(spec.capacityVCPUs ?? node.vcpus) * spec.overcommit.vcpus,
            memory: Double((spec.capacityMemory ?? node.memory).bytes) * spec.overcommit.memory)
        if let incoming = incoming[name] { room.promise(vcpus: incoming.vcpus, memory: incoming.memory) }
        for domain in node.domains {
            room.promise(
                vcpus: Double(max(domain.vcpus, domain.liveVCPUs ?? 0)),
                memory: Double(max(domain.memory, domain.liveMemory ?? domain.memory).bytes))
        }
        return room
    }

    /// Where the members of each group are, silent nodes included.
    private func occupiedByGroup() -> [Name: Set<Name>] {
        var occupied: [Name: Set<Name>] = [:]
        for instance in cluster.instances.values {
            let group = instance.group ?? instance.name
            if let owned = owned[instance.name], removals[instance.name] == nil {
                occupied[group, default: []].insert(owned.node)
                if let move = moves[instance.name] { occupied[group, default: []].insert(move.to) }
            } else if owned[instance.name] == nil, let entry = memory.instances[instance.name],
                silent.contains(entry.node)
            {
                occupied[group, default: []].insert(entry.node)
            }
        }
        return occupied
    }

    /// Finds the best node and the next best; `freed` counts what this plan deletes as gone.
    ///
    /// With instances times nodes to look at, the score, which is mere arithmetic, comes first: what is worse than
    /// the two best so far need not be asked for obstacles.
    private func decide(
        _ instance: Instance, among seats: [Seat], _ numbers: [Name: Int], occupied: Set<Name>, freed: Bool
    ) -> PlacementDecision {
        var decision = PlacementDecision(instance: instance.name, node: nil, verdicts: [], needsDeletions: freed)
        let vcpus = Double(instance.vcpus)
        let memory = Double(instance.memory.bytes)
        // What is removed and made again stays where it was if it can: nobody has to learn another place.
        let home = removals[instance.name] != nil ? owned[instance.name]?.node : nil
        var best: (index: Int, score: Double)?
        var next: (index: Int, score: Double)?
        let pinned = instance.node.flatMap { numbers[$0] }
        for index in pinned.map({ $0..<($0 + 1) }) ?? seats.indices where seats[index].isOpen {
            let freedVCPUs = freed ? seats[index].freedVCPUs : 0
            let freedMemory = freed ? seats[index].freedMemory : 0
            guard seats[index].room.fits(vcpus: vcpus - freedVCPUs, memory: memory - freedMemory) else { continue }
            let isHome = home != nil && seats[index].node.name == home
            let score =
                isHome
                ? .infinity : seats[index].room.score(vcpus: vcpus - freedVCPUs, memory: memory - freedMemory)
            guard score > next?.score ?? -.infinity else { continue }
            guard obstacle(seats[index].node, for: instance, occupied: occupied) == nil else { continue }
            if score > best?.score ?? -.infinity {
                next = best
                best = (index, score)
            } else {
                next = (index, score)
            }
        }
        for entry in [best, next].compactMap(\.self) {
            let seat = seats[entry.index]
            decision.verdicts.append((seat.node.name, fit(seat, vcpus: vcpus, memory: memory, freed: freed)))
        }
        decision.node = best.map { seats[$0.index].node.name }
        return decision
    }

    /// The same for an instance with nothing that speaks for or against a node by its name, as nearly all are.
    ///
    /// Instances of the same demand share a queue of nodes, best first, so that none goes through all of them.
    private func decide(
        _ instance: Instance, among seats: [Seat], in queues: inout SeatQueues, occupied: Set<Name>
    ) -> PlacementDecision {
        let vcpus = Double(instance.vcpus)
        let memory = Double(instance.memory.bytes)
        var decision = PlacementDecision(instance: instance.name, node: nil, verdicts: [])
        queues.withQueue(SeatDemand(instance)) { queue in
            if !queue.isFilled {
                queue.fill(
                    seats.indices.compactMap { index in
                        guard seats[index].isOpen else { return nil }
                        return SeatQueue.Entry(
                            score: seats[index].room.score(vcpus: vcpus, memory: memory), seat: index)
                    })
            }
            var back: [SeatQueue.Entry] = []
            while decision.verdicts.count < 2, var entry = queue.popFirst() {
                let seat = seats[entry.seat]
                // What has no room now has none later: placing only takes away.
                guard seat.room.fits(vcpus: vcpus, memory: memory) else { continue }
                let score = seat.room.score(vcpus: vcpus, memory: memory)
                if score < entry.score {
                    entry.score = score
                    queue.insert(entry)
                    continue
                }
                guard let observed = answered[seat.node.name],
                    lastingObstacle(seat.node, observed, for: instance) == nil
                else { continue }
                back.append(entry)
                if obstacle(seat.node, for: instance, occupied: occupied) != nil { continue }
                decision.verdicts.append((seat.node.name, fit(seat, vcpus: vcpus, memory: memory, freed: false)))
            }
            for entry in back { queue.insert(entry) }
        }
        decision.node = decision.verdicts.first?.node
        return decision
    }

    private func fit(_ seat: Seat, vcpus: Double, memory: Double, freed: Bool) -> PlacementDecision.Verdict {
        let vcpus = vcpus - (freed ? seat.freedVCPUs : 0)
        let memory = memory - (freed ? seat.freedMemory : 0)
        let shares = seat.room.shares(vcpus: vcpus, memory: memory)
        return .fits(score: seat.room.score(vcpus: vcpus, memory: memory), cpu: shares.cpu, memory: shares.memory)
    }

    /// Why one node cannot take an instance, even with what this plan deletes gone.
    private func verdict(of seat: Seat, for instance: Instance, occupied: Set<Name>) -> String {
        if let reason = obstacle(seat.node, for: instance, occupied: occupied) { return reason }
        var room = seat.room
        room.promise(vcpus: -seat.freedVCPUs, memory: -seat.freedMemory)
        return shortage(room, vcpus: Double(instance.vcpus), memory: Double(instance.memory.bytes))
    }

    func shortage(_ room: Room, vcpus: Double, memory: Double) -> String {
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
    private func obstacle(_ node: Node, for instance: Instance, occupied: Set<Name>) -> String? {
        if let pin = instance.node, pin != node.name { return "the instance is pinned to \(pin)" }
        switch node.state {
        case .active: break
        case .cordoned, .maintenance, .offline, .lost: return "its state is \(node.state.rawValue)"
        }
        guard let observed = answered[node.name] else { return "it does not answer" }
        if let reason = labelObstacle(node, for: instance) { return reason }
        if let home = diskHome(of: instance.name), home != node.name { return "the instance's disks are on \(home)" }
        return networkObstacle(observed, for: instance) ?? storageObstacle(node, observed, for: instance)
            ?? spreadObstacle(node, for: instance, occupied: occupied)
    }

    /// Why a node can take no instance of the same demand, whatever its name and group.
    private func lastingObstacle(_ node: Node, _ observed: ObservedNode, for instance: Instance) -> String? {
        if let reason = labelObstacle(node, for: instance) ?? networkObstacle(observed, for: instance) { return reason }
        for (disk, pool, size) in disks(of: instance) {
            guard let folder = self.pool(pool, on: node.name) else { return "it has no pool \(pool)" }
            if let reason = poolObstacle(folder, pool, disk, size, observed) { return reason }
        }
        return nil
    }

    private func labelObstacle(_ node: Node, for instance: Instance) -> String? {
        for (label, value) in instance.placement.where.sorted(by: { $0.key < $1.key }) where node.labels[label] != value
        {
            return "its label \(label) is \(node.labels[label] ?? "not set"), not \(value)"
        }
        return nil
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

    /// Why an instance cannot have its NICs on a node, or nil where it can.
    func networkObstacle(_ observed: ObservedNode, for instance: Instance) -> String? {
        for nic in instance.nics {
            if let network = cluster.networks[nic.network], let reason = obstacle(to: network, on: observed) {
                return reason
            }
        }
        return nil
    }

    /// Why nothing can be plugged into a network on a node, or nil where it can.
    func obstacle(to network: Network, on observed: ObservedNode) -> String? {
        switch network.mode {
        case .bridge(let bridge) where !observed.bridges.contains(bridge):
            "it has no bridge \(bridge) (network \(network.name))"
        case .existing(let name) where !observed.networks.contains { $0.name == name && $0.isActive }:
            "it has no active libvirt network \(name) (network \(network.name))"
        case .nat, .isolated: networkConflict(network, on: observed)
        default: nil
        }
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
            if observed.volumes[path] == nil, let reason = poolObstacle(folder, pool, disk, size, observed) {
                return reason
            }
        }
        return nil
    }

    private func poolObstacle(
        _ folder: Pool, _ pool: Name, _ disk: String, _ size: Size, _ observed: ObservedNode
    ) -> String? {
        guard let available = observed.pools.first(where: { $0.isActive && $0.path == folder.path })?.available,
            size > available
        else { return nil }
        return "pool \(pool) has \(available.bytes >> 20)MiB available, \(disk) wants \(size)"
    }

    private func strangerObstacle(_ path: String, _ node: ObservedNode, for instance: Instance) -> String? {
        guard node.volumes[path] != nil, !isRemembered(path, of: instance.name, on: node.name) else { return nil }
        return "\(path) is there already and nothing says that it is this instance's; "
            + "rename or remove it to use the node"
    }

    func spreadObstacle(_ node: Node, for instance: Instance, occupied: Set<Name>) -> String? {
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
