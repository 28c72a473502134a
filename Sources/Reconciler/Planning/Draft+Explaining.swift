import Spec

extension Draft {
    /// Notes what every node has to say to an instance that is to be made, as its turn comes.
    mutating func explain(
        _ instance: Instance, among seats: [Seat], _ numbers: [Name: Int], _ decision: PlacementDecision,
        occupied: Set<Name>
    ) {
        guard options.explained == instance.name else { return }
        let freed = decision.needsDeletions
        let crowd = crowd(of: instance, among: seats, numbers, freed: freed)
        let (vcpus, memory) = (Double(instance.vcpus), Double(instance.memory.bytes))
        let candidates = seats.map { seat in
            let room = seat.room(freed: freed)
            let why =
                obstacle(seat.node, for: instance, occupied: occupied)?.reason ?? crowd?.obstacle(on: seat.node, room)
                ?? (room.fits(vcpus: vcpus, memory: memory) ? nil : room.shortage(vcpus: vcpus, memory: memory))
            return candidate(seat.node.name, room, instance, why)
        }
        let outcome =
            decision.node.map { "it goes to \($0): \(decision.reason)" } ?? "it is not made: no node can take it"
        note(instance, home: nil, decision.node, outcome, candidates)
    }

    /// Notes what every node has to say to an instance that is there, as its turn to move or stay comes.
    mutating func explain(_ instance: Instance, _ owned: OwnedDomain, _ homes: GroupHomes) {
        guard options.explained == instance.name else { return }
        let candidates = cluster.nodes.values.map { node in
            guard node.name != owned.node else { return home(node, instance, owned, homes) }
            var why: String?
            if let pin = instance.node, pin != node.name { why = "the instance is pinned to \(pin)" }
            why = why ?? leavingObstacle(to: node, for: instance, occupied: occupied(by: instance, homes))
            if why == nil {
                switch obstacle(to: node.name, for: instance, owned) {
                case .silence(let text), .refusal(let text, _): why = text
                case nil: break
                }
            }
            return candidate(node.name, room(of: node.name), instance, why)
        }
        note(instance, home: owned.node, owned.node, "", candidates)
    }

    /// Says what became of the instance that is to be explained, when all is decided.
    mutating func finishExplaining() {
        guard let name = options.explained else { return }
        let home = owned[name]?.node
        let waits = changes.first { $0.object.kind == .instance && $0.object.name == name.text && $0.blocked != nil }
        let refusal = refusals.first { $0.object.kind == .instance && $0.object.name == name.text }
        if explanation == nil {
            let why = frozen[name] ?? refusal?.reason ?? waits?.blocked
            let silence = memory.instances[name].flatMap { silent.contains($0.node) ? $0.node : nil }
            explanation = PlacementExplanation(
                instance: name, home: home, node: home,
                outcome: "nothing is decided about its place"
                    + (why ?? silence.map { "\($0) does not answer and may hold it" }).map { ": \($0)" }.orEmpty,
                candidates: [])
        }
        guard let home, explanation?.outcome == "" else { return }
        if let move = moves[name] {
            explanation?.node = move.to
            explanation?.outcome = "it moves from \(home) to \(move.to): \(moveReasons[name] ?? "it is on its way")"
        } else if let blocked = waits, blocked.action == .migrate {
            explanation?.outcome = "it is to leave \(home) and cannot yet: \(blocked.reason)"
        } else if let why = moveRefusals[name] {
            explanation?.outcome = "it stays on \(home): \(why)"
        } else if cluster.instances[name]?.node == home {
            explanation?.outcome = "it stays on \(home), where it is pinned"
        } else {
            explanation?.outcome = "it stays on \(home): nothing moves for a better score"
        }
    }

    private func home(
        _ node: Node, _ instance: Instance, _ owned: OwnedDomain, _ homes: GroupHomes
    ) -> PlacementExplanation.Candidate {
        var room = room(of: node.name)
        room.promise(vcpus: -owned.domain.demand.vcpus, memory: -owned.domain.demand.memory)
        var why = brokenRule(instance, on: node.name, homes)
        if node.state == .maintenance { why = "its state is maintenance" }
        if let pin = instance.node, pin != node.name { why = "the instance is pinned to \(pin)" }
        return candidate(node.name, room, instance, why)
    }

    private func candidate(
        _ node: Name, _ room: Room, _ instance: Instance, _ why: String?
    ) -> PlacementExplanation.Candidate {
        let (vcpus, memory) = (Double(instance.vcpus), Double(instance.memory.bytes))
        let shares = room.shares(vcpus: vcpus, memory: memory)
        return PlacementExplanation.Candidate(
            node: node,
            verdict: why.map { .rejected($0) }
                ?? .fits(
                    score: room.score(vcpus: vcpus, memory: memory), cpu: shares.cpu, memory: shares.memory))
    }

    private mutating func note(
        _ instance: Instance, home: Name?, _ node: Name?, _ outcome: String,
        _ candidates: [PlacementExplanation.Candidate]
    ) {
        explanation = PlacementExplanation(
            instance: instance.name, home: home, node: node, outcome: outcome,
            candidates: candidates.sorted(by: PlacementExplanation.Candidate.precedes))
    }
}

extension String? {
    /// The text, or none.
    fileprivate var orEmpty: String { self ?? "" }
}
