import Spec

extension Scheduler {
    /// Every node in name order.
    func candidateNodes() -> [CandidateNode] {
        let leaving = Dictionary(grouping: owned.values.filter { removals[$0.mark.instance] != nil }, by: \.node)
        return cluster.nodes.values.sorted { $0.name < $1.name }.map { node in
            var candidateNode = CandidateNode(
                node: node, capacity: capacity(of: node.name),
                isOpen: node.state == .active && answered[node.name] != nil)
            for owned in leaving[node.name] ?? [] {
                candidateNode.freedVCPUs += Double(owned.domain.vcpus)
                candidateNode.freedMemory += Double(owned.domain.memory.bytes)
            }
            return candidateNode
        }
    }

    /// Finds the best node and the next best; `freed` counts what this plan deletes as gone.
    ///
    /// With instances times nodes to look at, the score, which is mere arithmetic, comes first: what is worse than
    /// the two best so far need not be asked for obstacles.
    func decide(
        _ instance: Instance, among candidateNodes: [CandidateNode], _ numbers: [Name: Int], occupied: OccupiedNodes,
        freed: Bool
    ) -> PlacementDecision {
        var decision = PlacementDecision(instance: instance.name, node: nil, verdicts: [], needsDeletions: freed)
        decision.isPinned = instance.node != nil
        let vcpus = Double(instance.vcpus)
        let memory = Double(instance.memory.bytes)
        // What is removed and made again stays where it was if it can: nobody has to learn another place.
        let home = removals[instance.name] != nil ? owned[instance.name]?.node : nil
        var best: (index: Int, score: Double)?
        var next: (index: Int, score: Double)?
        // Where its disks are is the only place; looking at all others would cost all of them for each such instance.
        let pinned = (instance.node ?? diskHome(of: instance.name)).flatMap { numbers[$0] }
        let affinity = affinity(of: instance, among: candidateNodes, numbers, freed: freed)
        for index in pinned.map({ $0..<($0 + 1) }) ?? candidateNodes.indices where candidateNodes[index].isOpen {
            let freedVCPUs = freed ? candidateNodes[index].freedVCPUs : 0
            let freedMemory = freed ? candidateNodes[index].freedMemory : 0
            guard candidateNodes[index].capacity.fits(vcpus: vcpus - freedVCPUs, memory: memory - freedMemory) else {
                continue
            }
            let isHome = home != nil && candidateNodes[index].node.name == home
            let score =
                isHome
                ? .infinity
                : candidateNodes[index].capacity.score(vcpus: vcpus - freedVCPUs, memory: memory - freedMemory)
            guard score > next?.score ?? -.infinity else { continue }
            guard obstacle(candidateNodes[index].node, for: instance, occupied: occupied) == nil,
                affinity?.obstacle(on: candidateNodes[index].node, candidateNodes[index].capacity(freed: freed)) == nil
            else { continue }
            if score > best?.score ?? -.infinity {
                next = best
                best = (index, score)
            } else {
                next = (index, score)
            }
        }
        for entry in [best, next].compactMap(\.self) {
            let candidateNode = candidateNodes[entry.index]
            decision.verdicts.append(
                (candidateNode.node.name, fit(candidateNode, vcpus: vcpus, memory: memory, freed: freed)))
        }
        decision.node = best.map { candidateNodes[$0.index].node.name }
        return decision
    }

    /// The same for an instance with nothing that speaks for or against a node by its name, as nearly all are.
    ///
    /// Instances of the same demand share a queue of nodes, best first, so that none goes through all of them.
    func decide(
        _ instance: Instance, among candidateNodes: [CandidateNode], in queues: inout ScoreHeaps,
        occupied: OccupiedNodes
    ) -> PlacementDecision {
        let vcpus = Double(instance.vcpus)
        let memory = Double(instance.memory.bytes)
        var decision = PlacementDecision(instance: instance.name, node: nil, verdicts: [])
        queues.withQueue(ResourceRequest(instance)) { queue in
            if !queue.isFilled {
                queue.fill(
                    candidateNodes.indices.compactMap { index in
                        guard candidateNodes[index].isOpen else { return nil }
                        return ScoreHeap.Entry(
                            score: candidateNodes[index].capacity.score(vcpus: vcpus, memory: memory), index: index)
                    })
            }
            var back: [ScoreHeap.Entry] = []
            while decision.verdicts.count < 2, var entry = queue.popFirst() {
                let candidateNode = candidateNodes[entry.index]
                // What has no capacity now has none later: placing only takes away.
                guard candidateNode.capacity.fits(vcpus: vcpus, memory: memory) else { continue }
                let score = candidateNode.capacity.score(vcpus: vcpus, memory: memory)
                if score < entry.score {
                    entry.score = score
                    queue.insert(entry)
                    continue
                }
                guard let observed = answered[candidateNode.node.name],
                    lastingObstacle(candidateNode.node, observed, for: instance) == nil
                else { continue }
                back.append(entry)
                if obstacle(candidateNode.node, for: instance, occupied: occupied) != nil { continue }
                decision.verdicts.append(
                    (candidateNode.node.name, fit(candidateNode, vcpus: vcpus, memory: memory, freed: false)))
            }
            for entry in back { queue.insert(entry) }
        }
        decision.node = decision.verdicts.first?.node
        return decision
    }

    /// The members of a group that are yet to be placed together.
    func affinity(of instance: Instance, among candidateNodes: [CandidateNode], _ numbers: [Name: Int], freed: Bool)
        -> AffinityGroup?
    {
        affinity(of: instance, among: madeInGroups) { node in
            numbers[node.name].map { candidateNodes[$0].capacity(freed: freed) } ?? NodeCapacity(vcpus: 0, memory: 0)
        }
    }

    private func fit(_ candidateNode: CandidateNode, vcpus: Double, memory: Double, freed: Bool)
        -> PlacementDecision.Verdict
    {
        let vcpus = vcpus - (freed ? candidateNode.freedVCPUs : 0)
        let memory = memory - (freed ? candidateNode.freedMemory : 0)
        let shares = candidateNode.capacity.shares(vcpus: vcpus, memory: memory)
        return .fits(
            score: candidateNode.capacity.score(vcpus: vcpus, memory: memory), cpu: shares.cpu, memory: shares.memory)
    }
}
