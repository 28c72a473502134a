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
            if !isRemade, instance.node == nil, instance.placement.together == nil, queues.serve(SeatDemand(instance)),
                diskHome(of: instance.name) == nil
            {
                decision = decide(instance, among: seats, in: &queues, occupied: taken)
            } else {
                decision = decide(instance, among: seats, numbers, occupied: taken, freed: isRemade)
            }
            if decision.node == nil, !removals.isEmpty {
                decision = decide(instance, among: seats, numbers, occupied: taken, freed: true)
            }
            explain(instance, among: seats, numbers, decision, occupied: taken)
            guard let node = decision.node, let number = numbers[node] else {
                refuse(instance, among: seats, numbers, occupied: taken)
                continue
            }
            placements[instance.name] = decision
            gather(instance, on: node)
            occupied[instance.group ?? instance.name, default: []].insert(node)
            promise(newDemands(of: instance, on: node), on: node)
            seats[number].room.promise(vcpus: Double(instance.vcpus), memory: Double(instance.memory.bytes))
        }
        missing.removeAll { placements[$0.name]?.node == nil }
    }

    /// How many nodes a refusal goes through by name: a person reads it.
    private static let shownVerdicts = 12

    private mutating func refuse(
        _ instance: Instance, among seats: [Seat], _ numbers: [Name: Int], occupied: Set<Name>
    ) {
        let crowd = crowd(of: instance, among: seats, numbers, freed: true)
        let shown = seats.prefix(Draft.shownVerdicts).map { seat in
            "\(seat.node.name): \(verdict(of: seat, for: instance, crowd, occupied: occupied))"
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

    /// Why one node cannot take an instance, even with what this plan deletes gone.
    private func verdict(of seat: Seat, for instance: Instance, _ crowd: Crowd?, occupied: Set<Name>) -> String {
        if let reason = obstacle(seat.node, for: instance, occupied: occupied) { return reason }
        let room = seat.room(freed: true)
        return crowd?.obstacle(on: seat.node, room)
            ?? room.shortage(vcpus: Double(instance.vcpus), memory: Double(instance.memory.bytes))
    }
}
