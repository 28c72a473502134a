import Spec

extension Scheduler {
    /// How many nodes a plan goes through by name: a person reads it.
    private static let shownNodes = 12

    /// The best node that can take an instance which leaves its own: the one with the most room left, then the first by name.
    mutating func destination(of instance: Instance, _ owned: OwnedDomain, _ occupied: OccupiedNodes) -> Destination {
        let affinity = affinity(of: instance, among: staysInGroups) { capacity(of: $0.name) }
        if let begun = begunDestination(of: instance, owned, occupied, affinity) { return .found(begun) }
        let demand = LeavingQueues.Demand(instance)
        var queue = leaving.take(demand) ?? leaving.queue(for: demand) { capacity(of: $0.name) }
        var back: [ScoreHeap.Entry] = []
        var best: Name?
        while best == nil, var entry = queue.popFirst() {
            let node = leaving.nodes[entry.index]
            let capacity = capacity(of: node.name)
            let score = capacity.score(vcpus: demand.vcpus, memory: demand.memory)
            if score < entry.score {
                entry.score = score
                queue.insert(entry)
                continue
            }
            back.append(entry)
            let why = refusal(of: node, for: instance, owned, occupied, affinity)
            if why == nil {
                best = node.name
            } else if !capacity.fits(vcpus: demand.vcpus, memory: demand.memory),
                !secondDomainNodes.contains(node.name)
            {
                // What has no capacity now has none later: moves only take from it.
                back.removeLast()
            }
        }
        for entry in back { queue.insert(entry) }
        leaving.put(queue, for: demand)
        return best.map { .found($0) } ?? .none(refusals(for: instance, owned, occupied, affinity))
    }

    /// The node to which an earlier run began to move an instance: that move goes on, if it can.
    private func begunDestination(
        of instance: Instance, _ owned: OwnedDomain, _ occupied: OccupiedNodes, _ affinity: AffinityGroup?
    ) -> Name? {
        guard let migration = unfinishedMigrations[instance.name], !migration.isComplete,
            let node = cluster.nodes[migration.move.to],
            refusal(of: node, for: instance, owned, occupied, affinity) == nil
        else { return nil }
        return node.name
    }

    /// Why the first nodes by name cannot take an instance that none can take.
    private func refusals(
        for instance: Instance, _ owned: OwnedDomain, _ occupied: OccupiedNodes, _ affinity: AffinityGroup?
    ) -> [(node: Name, why: String)] {
        var refused: [(node: Name, why: String)] = []
        for name in nodeNames where refused.count < Scheduler.shownNodes {
            guard let node = cluster.nodes[name], name != owned.node,
                let why = refusal(of: node, for: instance, owned, occupied, affinity)
            else { continue }
            refused.append((name, why))
        }
        return refused
    }

    /// Why a node cannot take an instance that leaves its own; nil where it can.
    private func refusal(
        of node: Node, for instance: Instance, _ owned: OwnedDomain, _ occupied: OccupiedNodes,
        _ affinity: AffinityGroup?
    ) -> String? {
        if node.name == owned.node { return "it is there" }
        if let why = leavingObstacle(to: node, for: instance, occupied: occupied)
            ?? affinity?.obstacle(on: node, capacity(of: node.name))
        {
            return why
        }
        switch obstacle(to: node.name, for: instance, owned) {
        case .waits(let why), .refusal(let why, _): return why
        case nil: return nil
        }
    }
}
