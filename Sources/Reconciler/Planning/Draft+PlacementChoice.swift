import Spec

extension Draft {
    /// Every node in name order.
    func seats() -> [Seat] {
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

    /// Finds the best node and the next best; `freed` counts what this plan deletes as gone.
    ///
    /// With instances times nodes to look at, the score, which is mere arithmetic, comes first: what is worse than
    /// the two best so far need not be asked for obstacles.
    func decide(
        _ instance: Instance, among seats: [Seat], _ numbers: [Name: Int], occupied: Set<Name>, freed: Bool
    ) -> PlacementDecision {
        var decision = PlacementDecision(instance: instance.name, node: nil, verdicts: [], needsDeletions: freed)
        decision.isPinned = instance.node != nil
        let vcpus = Double(instance.vcpus)
        let memory = Double(instance.memory.bytes)
        // What is removed and made again stays where it was if it can: nobody has to learn another place.
        let home = removals[instance.name] != nil ? owned[instance.name]?.node : nil
        var best: (index: Int, score: Double)?
        var next: (index: Int, score: Double)?
        let pinned = instance.node.flatMap { numbers[$0] }
        let crowd = crowd(of: instance, among: seats, numbers, freed: freed)
        for index in pinned.map({ $0..<($0 + 1) }) ?? seats.indices where seats[index].isOpen {
            let freedVCPUs = freed ? seats[index].freedVCPUs : 0
            let freedMemory = freed ? seats[index].freedMemory : 0
            guard seats[index].room.fits(vcpus: vcpus - freedVCPUs, memory: memory - freedMemory) else { continue }
            let isHome = home != nil && seats[index].node.name == home
            let score =
                isHome
                ? .infinity : seats[index].room.score(vcpus: vcpus - freedVCPUs, memory: memory - freedMemory)
            guard score > next?.score ?? -.infinity else { continue }
            guard obstacle(seats[index].node, for: instance, occupied: occupied) == nil,
                crowd?.obstacle(on: seats[index].node, seats[index].room(freed: freed)) == nil
            else { continue }
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
    func decide(
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

    /// The members of a group that are yet to be placed together.
    func crowd(of instance: Instance, among seats: [Seat], _ numbers: [Name: Int], freed: Bool) -> Crowd? {
        crowd(of: instance, among: missing) { node in
            numbers[node.name].map { seats[$0].room(freed: freed) } ?? Room(vcpus: 0, memory: 0)
        }
    }

    private func fit(_ seat: Seat, vcpus: Double, memory: Double, freed: Bool) -> PlacementDecision.Verdict {
        let vcpus = vcpus - (freed ? seat.freedVCPUs : 0)
        let memory = memory - (freed ? seat.freedMemory : 0)
        let shares = seat.room.shares(vcpus: vcpus, memory: memory)
        return .fits(score: seat.room.score(vcpus: vcpus, memory: memory), cpu: shares.cpu, memory: shares.memory)
    }
}
