import Spec

extension Scheduler {
    /// Notes what every node has to say to an instance that is to be made, as its turn comes.
    mutating func explain(
        _ instance: Instance, among candidateNodes: [CandidateNode], _ numbers: [Name: Int],
        _ decision: PlacementDecision,
        occupied: OccupiedNodes
    ) {
        guard options.explained == instance.name else { return }
        let freed = decision.needsDeletions
        let affinity = affinity(of: instance, among: candidateNodes, numbers, freed: freed)
        let (vcpus, memory) = (Double(instance.vcpus), Double(instance.memory.bytes))
        let candidates = candidateNodes.map { candidateNode in
            let capacity = candidateNode.capacity(freed: freed)
            let why =
                obstacle(candidateNode.node, for: instance, occupied: occupied)?.reason ?? affinity?.obstacle(
                    on: candidateNode.node, capacity)
                ?? (capacity.fits(vcpus: vcpus, memory: memory) ? nil : capacity.shortage(vcpus: vcpus, memory: memory))
            return candidate(candidateNode.node.name, capacity, instance, why)
        }
        let outcome =
            decision.node.map { "it is placed on \($0): \(decision.reason)" } ?? "it cannot be placed"
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
                case .waits(let text), .refusal(let text, _): why = text
                case nil: break
                }
            }
            return candidate(node.name, capacity(of: node.name), instance, why)
        }
        note(instance, home: owned.node, owned.node, "", candidates)
    }

    private func home(
        _ node: Node, _ instance: Instance, _ owned: OwnedDomain, _ homes: GroupHomes
    ) -> PlacementExplanation.Candidate {
        var capacity = capacity(of: node.name)
        capacity.promise(vcpus: -owned.domain.demand.vcpus, memory: -owned.domain.demand.memory)
        var why = brokenRule(instance, on: node.name, homes)
        if node.state == .maintenance { why = "its state is maintenance" }
        if let pin = instance.node, pin != node.name { why = "the instance is pinned to \(pin)" }
        return candidate(node.name, capacity, instance, why)
    }

    private func candidate(
        _ node: Name, _ capacity: NodeCapacity, _ instance: Instance, _ why: String?
    ) -> PlacementExplanation.Candidate {
        let (vcpus, memory) = (Double(instance.vcpus), Double(instance.memory.bytes))
        let shares = capacity.shares(vcpus: vcpus, memory: memory)
        return PlacementExplanation.Candidate(
            node: node,
            verdict: why.map { .rejected($0) }
                ?? .fits(
                    score: capacity.score(vcpus: vcpus, memory: memory), cpu: shares.cpu, memory: shares.memory))
    }

    private mutating func note(
        _ instance: Instance, home: Name?, _ node: Name?, _ outcome: String,
        _ candidates: [PlacementExplanation.Candidate]
    ) {
        assignments.explanation = PlacementExplanation(
            instance: instance.name, home: home, node: node, outcome: outcome,
            candidates: candidates.sorted(by: PlacementExplanation.Candidate.precedes))
    }
}
