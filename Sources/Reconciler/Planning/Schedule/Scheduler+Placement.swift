import Spec

extension Scheduler {
    /// Chooses a node for every missing instance, in order, each choice reducing what is left for the next.
    mutating func placeInstances() {
        var candidateNodes = candidateNodes()
        let numbers = Dictionary(uniqueKeysWithValues: candidateNodes.enumerated().map { ($1.node.name, $0) })
        var occupied = occupiedByGroup()
        var queues = ScoreHeaps(missing.map { ResourceRequest($0) })
        for instance in missing {
            let taken = occupied[instance.group ?? instance.name] ?? OccupiedNodes()
            let isRemade = removals[instance.name] != nil
            var decision: PlacementDecision
            if !isRemade, instance.node == nil, instance.placement.together == nil,
                queues.serve(ResourceRequest(instance)),
                diskHome(of: instance.name) == nil
            {
                decision = decide(instance, among: candidateNodes, in: &queues, occupied: taken)
            } else {
                decision = decide(instance, among: candidateNodes, numbers, occupied: taken, freed: isRemade)
            }
            if decision.node == nil, !removals.isEmpty {
                decision = decide(instance, among: candidateNodes, numbers, occupied: taken, freed: true)
            }
            explain(instance, among: candidateNodes, numbers, decision, occupied: taken)
            guard let node = decision.node, let number = numbers[node] else {
                refuse(instance, among: candidateNodes, numbers, occupied: taken)
                continue
            }
            assignments.placements[instance.name] = decision
            gather(instance, on: node)
            occupied[instance.group ?? instance.name, default: OccupiedNodes()].insert(instance.name, on: node)
            assignments.promise(newDemands(of: instance, on: node), on: node)
            candidateNodes[number].capacity.promise(
                vcpus: Double(instance.vcpus), memory: Double(instance.memory.bytes))
        }
        assignments.placed = missing.filter { placements[$0.name]?.node != nil }
    }

    /// How many nodes a refusal goes through by name: a person reads it.
    private static let shownVerdicts = 12

    private mutating func refuse(
        _ instance: Instance, among candidateNodes: [CandidateNode], _ numbers: [Name: Int], occupied: OccupiedNodes
    ) {
        let affinity = affinity(of: instance, among: candidateNodes, numbers, freed: true)
        let verdicts = candidateNodes.map {
            (node: $0.node.name, why: verdict(of: $0, for: instance, affinity, occupied: occupied))
        }
        let list = Scheduler.listed(verdicts, \.reason)
        let unasked = cluster.nodes.values.filter { node in
            node.state == .active && cause(of: node.name) != nil && (instance.node ?? node.name) == node.name
        }
        guard unasked.isEmpty else {
            // A node that could have taken it did not answer: that is unknown, and no refusal.
            assignments.findings.changes.append(
                .waitingCreation(instance, "no node that answers can run it: \(list)"))
            return
        }
        var (reason, position) = ("it cannot be placed: \(list.isEmpty ? "no node answered" : list)", instance.position)
        var shared = "it cannot be placed: \(list.isEmpty ? "no node answered" : Scheduler.listed(verdicts, \.cause))"
        var remedies = verdicts.map(\.why.remedy)
        if let pin = instance.node, let verdict = verdicts.first(where: { $0.node == pin }) {
            // What other nodes could do is beside the point.
            reason = "it is pinned to \(pin), which cannot run it: \(verdict.why.reason)"
            shared = "it is pinned to \(pin), which cannot run it: \(verdict.why.cause)"
            remedies = [verdict.why.remedy]
            position = instance.positions["node"] ?? position
        }
        var refusal = Plan.Refusal(
            ObjectReference(.instance, instance.name.text, on: nil), reason: reason, remedy: Scheduler.joined(remedies),
            position: position)
        refusal.cause = shared
        assignments.findings.refusals.append(refusal)
    }

    /// What the first nodes have to say, by name, and how many more there are.
    private static func listed(_ verdicts: [(node: Name, why: Obstacle)], _ words: (Obstacle) -> String) -> String {
        let shown = verdicts.prefix(shownVerdicts).map { Obstacle.words($0.node, words($0.why)) }
        let more = verdicts.count > shown.count ? ["and \(verdicts.count - shown.count) more nodes"] : []
        return (shown + more).joined(separator: "; ")
    }

    /// What can be done where several nodes have a reason each, the first few of them.
    private static func joined(_ remedies: [String]) -> String {
        var seen: Set<String> = []
        let different = remedies.filter { seen.insert($0).inserted }
        return different.prefix(3).joined(separator: "; or ")
    }

    /// Where the members of each group are, unreachable nodes included.
    private func occupiedByGroup() -> [Name: OccupiedNodes] {
        var occupied: [Name: OccupiedNodes] = [:]
        for instance in cluster.instances.values {
            let group = instance.group ?? instance.name
            if let owned = owned[instance.name], removals[instance.name] == nil {
                occupied[group, default: OccupiedNodes()].insert(instance.name, on: owned.node)
                if let move = moves[instance.name] {
                    occupied[group, default: OccupiedNodes()].insert(instance.name, on: move.to)
                }
            } else if owned[instance.name] == nil, let entry = history.instances[instance.name],
                unreachable.contains(entry.node)
            {
                occupied[group, default: OccupiedNodes()].insert(instance.name, on: entry.node)
            }
        }
        return occupied
    }

    /// Why one node cannot take an instance, even with what this plan deletes gone.
    private func verdict(
        of candidateNode: CandidateNode, for instance: Instance, _ affinity: AffinityGroup?, occupied: OccupiedNodes
    ) -> Obstacle {
        if let obstacle = obstacle(candidateNode.node, for: instance, occupied: occupied) { return obstacle }
        let capacity = candidateNode.capacity(freed: true)
        let remedy = "free capacity, add a node, or request less"
        if let why = affinity?.obstacle(on: candidateNode.node, capacity) { return Obstacle(why, remedy: remedy) }
        let (vcpus, memory) = (Double(instance.vcpus), Double(instance.memory.bytes))
        return Obstacle(
            capacity.shortage(vcpus: vcpus, memory: memory), remedy: remedy,
            cause: capacity.scarcity(vcpus: vcpus, memory: memory))
    }
}
