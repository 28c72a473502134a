import Spec

/// How much of the nodes is promised, while moves for a better balance are chosen.
private struct Balance {
    var rooms: [Name: Room]
    /// Where the instances are that may move.
    var homes: [Name: Name]

    /// How full a node is, from 0 to 1 or more, weighted as scores are.
    func load(_ node: Name, with change: (vcpus: Double, memory: Double) = (0, 0)) -> Double {
        1 - (rooms[node]?.score(vcpus: change.vcpus, memory: change.memory) ?? 0)
    }
}

extension Draft {
    /// Moves instances from full nodes to emptier ones, only where that was asked for.
    ///
    /// A move is worth its cost where the two nodes' loads differ by more than the threshold, and leaves the fuller
    /// of the two less full than the fullest was. The best one from the fullest node comes first; what they come to
    /// in the end is what moves. Every move makes the sorted loads smaller, so it ends, and a fleet that it was
    /// applied to has no such move left.
    mutating func balanceNodes() {
        guard let threshold = options.balance, !isDestroy else { return }
        let nodes = answeredNames.filter { cluster.nodes[$0]?.state == .active }
        let movable = existing.filter(mayBalance)
        var balance = Balance(rooms: [:], homes: [:])
        for node in nodes { balance.rooms[node] = roomWithPlacements(of: node) }
        for instance in movable { balance.homes[instance.name] = owned[instance.name]?.node }
        while let (instance, target) = bestMove(movable, nodes, threshold, balance) {
            guard let owned = owned[instance.name], let home = balance.homes[instance.name] else { break }
            let demand = owned.domain.demand
            balance.rooms[home]?.promise(vcpus: -demand.vcpus, memory: -demand.memory)
            balance.rooms[target]?.promise(vcpus: demand.vcpus, memory: demand.memory)
            balance.homes[instance.name] = target
        }
        for instance in movable {
            guard let owned = owned[instance.name], let target = balance.homes[instance.name], target != owned.node
            else {
                continue
            }
            moveReasons[instance.name] =
                "for a better balance: \(owned.node) is \(percent(owned.node, balance)) full then, "
                + "\(target) \(percent(target, balance))"
            choose(target, for: instance, owned)
        }
    }

    private func percent(_ node: Name, _ balance: Balance) -> String {
        "\(Int((balance.load(node) * 100).rounded())) %"
    }

    /// The room of a node with all that this plan makes there and takes from there.
    private func roomWithPlacements(of node: Name) -> Room {
        var room = room(of: node)
        for instance in missing where placements[instance.name]?.node == node {
            room.promise(vcpus: Double(instance.vcpus), memory: Double(instance.memory.bytes))
        }
        for (instance, owned) in owned where owned.node == node {
            guard removals[instance] != nil || moves[instance] != nil else { continue }
            let demand = owned.domain.demand
            room.promise(vcpus: -demand.vcpus, memory: -demand.memory)
        }
        return room
    }

    /// Whether an instance is free to move, with nothing else to be done to its size first.
    private func mayBalance(_ instance: Instance) -> Bool {
        guard let owned = owned[instance.name], instance.node == nil, !isOnItsWay(instance.name),
            frozen[instance.name] == nil, owned.mark.phase == .active, owned.mark.instance == instance.name,
            cluster.nodes[owned.node]?.state == .active, instance.onMaintenance == .migrate,
            instance.placement.together == nil || instance.group == nil
        else { return false }
        let domain = owned.domain
        return domain.vcpus == instance.vcpus && domain.memory == instance.memory
            && (domain.liveMemory ?? domain.memory) == domain.memory
            && (domain.liveVCPUs ?? domain.vcpus) == domain.vcpus
    }

    private func bestMove(
        _ movable: [Instance], _ nodes: [Name], _ threshold: Double, _ balance: Balance
    ) -> (Instance, Name)? {
        let loads = Dictionary(uniqueKeysWithValues: nodes.map { ($0, balance.load($0)) })
        let byLoad = nodes.sorted { (loads[$1] ?? 0, $0) < (loads[$0] ?? 0, $1) }
        for source in byLoad {
            let load = loads[source] ?? 0
            let targets = byLoad.reversed().filter { load - (loads[$0] ?? 0) > threshold }
            guard !targets.isEmpty else { continue }
            var best: (instance: Instance, target: Name, load: Double)?
            for instance in movable where balance.homes[instance.name] == source {
                guard let owned = owned[instance.name] else { continue }
                let demand = owned.domain.demand
                let left = balance.load(source, with: (-demand.vcpus, -demand.memory))
                for target in targets {
                    let result = max(left, balance.load(target, with: demand))
                    guard result < load, result < best?.load ?? .infinity,
                        balance.rooms[target]?.fits(vcpus: demand.vcpus, memory: demand.memory) == true,
                        mayGo(instance, owned, to: target, balance)
                    else { continue }
                    best = (instance, target, result)
                }
            }
            if let best { return (best.instance, best.target) }
        }
        return nil
    }

    private func mayGo(_ instance: Instance, _ owned: OwnedDomain, to target: Name, _ balance: Balance) -> Bool {
        if target == owned.node { return true }
        guard let node = cluster.nodes[target] else { return false }
        guard instance.placement.spread != nil else {
            return missingLabel(node, for: instance) == nil && obstacle(to: target, for: instance, owned) == nil
        }
        let others = cluster.instances.values.filter { other in
            other.name != instance.name && other.group != nil && other.group == instance.group
        }
        let occupied = Set(
            others.compactMap { balance.homes[$0.name] ?? home(of: $0.name) ?? memory.instances[$0.name]?.node })
        return leavingObstacle(to: node, for: instance, occupied: occupied) == nil
            && obstacle(to: target, for: instance, owned) == nil
    }
}
