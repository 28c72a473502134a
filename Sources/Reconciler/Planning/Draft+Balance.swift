import Spec

/// How much of the nodes is promised, while moves for a better balance are chosen.
private struct Balance {
    var rooms: [Name: Room]
    /// Where the instances are that may move.
    var homes: [Name: Name] = [:]
    /// The same by node, in the order in which they are looked at.
    var guests: [Name: [Instance]] = [:]
    /// The members of each group.
    var groups: [Name: [Name]] = [:]
    /// Where an instance may go, as far as it was asked and does not depend on where others are.
    var mayGo: [Way: Bool] = [:]

    /// An instance's way to a node.
    struct Way: Hashable {
        let instance: Name
        let target: Name
    }

    /// Brings an instance from one node to another.
    mutating func move(_ instance: Instance, from home: Name, to target: Name, _ order: [Name: Int]) {
        homes[instance.name] = target
        guests[home]?.removeAll { $0.name == instance.name }
        let place = order[instance.name] ?? 0
        var others = guests[target] ?? []
        others.insert(instance, at: others.firstIndex { (order[$0.name] ?? 0) > place } ?? others.endIndex)
        guests[target] = others
    }

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
        let order = Dictionary(uniqueKeysWithValues: movable.enumerated().map { ($1.name, $0) })
        var balance = Balance(rooms: [:])
        for node in nodes { balance.rooms[node] = roomWithPlacements(of: node) }
        for instance in movable {
            guard let home = owned[instance.name]?.node else { continue }
            balance.homes[instance.name] = home
            balance.guests[home, default: []].append(instance)
        }
        for instance in cluster.instances.values.sorted(by: { $0.name < $1.name }) {
            if let group = instance.group { balance.groups[group, default: []].append(instance.name) }
        }
        while let (instance, target) = bestMove(nodes, threshold, &balance) {
            guard let owned = owned[instance.name], let home = balance.homes[instance.name] else { break }
            let demand = owned.domain.demand
            balance.rooms[home]?.promise(vcpus: -demand.vcpus, memory: -demand.memory)
            balance.rooms[target]?.promise(vcpus: demand.vcpus, memory: demand.memory)
            balance.move(instance, from: home, to: target, order)
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
            !staying.contains(instance.name),
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
        _ nodes: [Name], _ threshold: Double, _ balance: inout Balance
    ) -> (Instance, Name)? {
        let loads = Dictionary(uniqueKeysWithValues: nodes.map { ($0, balance.load($0)) })
        let byLoad = nodes.sorted { (loads[$1] ?? 0, $0) < (loads[$0] ?? 0, $1) }
        for source in byLoad {
            let load = loads[source] ?? 0
            let targets = byLoad.reversed().filter { load - (loads[$0] ?? 0) > threshold }
            guard !targets.isEmpty else { continue }
            var best: (instance: Instance, target: Name, load: Double)?
            for instance in balance.guests[source] ?? [] {
                guard let owned = owned[instance.name] else { continue }
                let demand = owned.domain.demand
                let left = balance.load(source, with: (-demand.vcpus, -demand.memory))
                for target in targets {
                    let result = max(left, balance.load(target, with: demand))
                    guard result < load, result < best?.load ?? .infinity,
                        balance.rooms[target]?.fits(vcpus: demand.vcpus, memory: demand.memory) == true,
                        mayGo(instance, owned, to: target, &balance)
                    else { continue }
                    best = (instance, target, result)
                }
            }
            if let best { return (best.instance, best.target) }
        }
        return nil
    }

    private func mayGo(
        _ instance: Instance, _ owned: OwnedDomain, to target: Name, _ balance: inout Balance
    ) -> Bool {
        if target == owned.node { return true }
        guard let node = cluster.nodes[target], isPossible(instance, owned, node, &balance) else { return false }
        guard instance.placement.spread != nil else { return true }
        let others = (instance.group.flatMap { balance.groups[$0] } ?? []).filter { $0 != instance.name }
        let occupied = Set(others.compactMap { balance.homes[$0] ?? home(of: $0) ?? memory.instances[$0]?.node })
        return leavingObstacle(to: node, for: instance, occupied: occupied) == nil
    }

    /// Whether nothing but the places of others can be in the way; asked once for each instance and node.
    private func isPossible(
        _ instance: Instance, _ owned: OwnedDomain, _ node: Node, _ balance: inout Balance
    ) -> Bool {
        let way = Balance.Way(instance: instance.name, target: node.name)
        if let known = balance.mayGo[way] { return known }
        let isPossible =
            missingLabel(node, for: instance) == nil && obstacle(to: node.name, for: instance, owned) == nil
        balance.mayGo[way] = isPossible
        return isPossible
    }
}
