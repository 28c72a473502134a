import Spec

extension Scheduler {
    /// Moves instances from full nodes to emptier ones, only where that was asked for.
    ///
    /// A move is worth its cost where the two nodes' loads differ by more than the threshold, and leaves the fuller
    /// of the two less full than the fullest was. The best one from the fullest node comes first; what they come to
    /// in the end is what moves. Every move makes the sorted loads smaller, so it ends, and a fleet that it was
    /// applied to has no such move left.
    mutating func balanceNodes() {
        guard let threshold = options.balance, !isDestroy else { return }
        let movable = existing.filter(mayBalance)
        let nodes = answeredNames.filter { cluster.nodes[$0]?.state == .active }
        var guests: [Name: [Balance.Guest]] = [:]
        for (place, instance) in movable.enumerated() {
            guard let owned = owned[instance.name] else { continue }
            let demand = owned.domain.demand
            guests[owned.node, default: []].append(
                .init(
                    instance: instance,
                    demand: .init(vcpus: demand.vcpus, memory: demand.memory, labels: instance.placement.where),
                    place: place))
        }
        var balance = Balance(capacities: capacitiesWithPlacements(of: nodes), guests: guests, threshold: threshold) {
            labels, node in
            labels.allSatisfy { cluster.nodes[node]?.labels[$0.key] == $0.value }
        }
        var company = company(of: movable)
        var known: [MoveCandidate: Bool] = [:]
        while true {
            let move = balance.moveOne { guest, target in mayGo(guest.instance, to: target, company, &known) }
            guard let move else { break }
            for node in company.move(move.guest.instance, from: move.from, to: move.to) { balance.reconsider(node) }
        }
        for instance in movable {
            guard let owned = owned[instance.name], let target = balance.homes[instance.name], target != owned.node
            else {
                continue
            }
            assignments.moveReasons[instance.name] =
                "to balance the load: afterwards \(owned.node) is \(percent(owned.node, balance)) full and "
                + "\(target) \(percent(target, balance))"
            choose(target, for: instance, owned)
        }
    }

    private func percent(_ node: Name, _ balance: Balance) -> String {
        "\(Int((balance.load(node) * 100).rounded())) %"
    }

    /// The capacities of nodes with all that this plan makes there and takes from there.
    private func capacitiesWithPlacements(of nodes: [Name]) -> [Name: NodeCapacity] {
        let new = newDemands(of: missing)
        var capacities = Dictionary(uniqueKeysWithValues: nodes.map { ($0, capacity(of: $0, with: new)) })
        for (instance, owned) in owned where removals[instance] != nil || moves[instance] != nil {
            let demand = owned.domain.demand
            capacities[owned.node]?.promise(vcpus: -demand.vcpus, memory: -demand.memory)
        }
        return capacities
    }

    /// Whether an instance is free to move, with nothing else to be done to its size first.
    private func mayBalance(_ instance: Instance) -> Bool {
        guard let owned = owned[instance.name], instance.node == nil, !isMigrating(instance.name),
            !staying.contains(instance.name),
            awaitingMigration[instance.name] == nil, owned.mark.phase == .active, owned.mark.instance == instance.name,
            cluster.nodes[owned.node]?.state == .active, instance.onMaintenance == .migrate,
            instance.placement.together == nil || instance.group == nil, ownObstacle(of: instance, owned) == nil
        else { return false }
        let domain = owned.domain
        return domain.vcpus == instance.vcpus && domain.memory == instance.memory
            && (domain.liveMemory ?? domain.memory) == domain.memory
            && (domain.liveVCPUs ?? domain.vcpus) == domain.vcpus
    }

    /// The groups whose members are to be apart, with where each member is or may be.
    private func company(of movable: [Instance]) -> Company {
        let groups = Set(movable.filter(\.placement.keepsApart).compactMap(\.group))
        var company = Company()
        for instance in cluster.instances.values {
            guard let group = instance.group, groups.contains(group) else { continue }
            if let home = home(of: instance.name) ?? history.instances[instance.name]?.node {
                company.add(instance.name, of: group, on: home)
            }
        }
        return company
    }

    private func mayGo(_ instance: Instance, to target: Name, _ company: Company, _ known: inout [MoveCandidate: Bool])
        -> Bool
    {
        guard let owned = owned[instance.name] else { return false }
        if target == owned.node { return true }
        guard let node = cluster.nodes[target], isPossible(instance, owned, node, &known) else { return false }
        guard instance.placement.keepsApart else { return true }
        var isByLabel = false
        if case .label? = instance.placement.spread { isByLabel = true }
        let occupied = company.occupied(besides: instance, near: isByLabel ? nil : target)
        return leavingObstacle(to: node, for: instance, occupied: occupied) == nil
    }

    /// Whether nothing but the places of others can be in the way; asked once for each instance and node.
    private func isPossible(
        _ instance: Instance, _ owned: OwnedDomain, _ node: Node, _ known: inout [MoveCandidate: Bool]
    ) -> Bool {
        let candidate = MoveCandidate(instance: instance.name, target: node.name)
        if let known = known[candidate] { return known }
        let isPossible =
            missingLabel(node, for: instance) == nil && obstacle(to: node.name, for: instance, owned) == nil
        known[candidate] = isPossible
        return isPossible
    }
}

/// An instance's possible migration to a node.
private struct MoveCandidate: Hashable {
    let instance: Name
    let target: Name
}

/// Where the members of groups are that are to be apart.
private struct Company {
    private var homes: [Name: Name] = [:]
    private var counts: [Name: [Name: Int]] = [:]

    mutating func add(_ member: Name, of group: Name, on node: Name) {
        homes[member] = node
        counts[group, default: [:]][node, default: 0] += 1
    }

    /// The nodes that other members have; of one node alone where only that is asked for.
    func occupied(besides instance: Instance, near node: Name?) -> OccupiedNodes {
        var occupied = OccupiedNodes()
        guard let group = instance.group, let counts = counts[group] else { return occupied }
        let home = homes[instance.name]
        for node in node.map({ [$0] }) ?? Array(counts.keys) {
            let others = (counts[node] ?? 0) - (home == node ? 1 : 0)
            // Nobody reads here which members they are: the group's name stands for them.
            if others > 0 { occupied.insert(group, on: node, count: others) }
        }
        return occupied
    }

    /// Notes a move, and gives the nodes whose guests may have been waiting for it.
    mutating func move(_ instance: Instance, from home: Name, to target: Name) -> [Name] {
        guard let group = instance.group, homes[instance.name] != nil else { return [] }
        homes[instance.name] = target
        counts[group]?[home, default: 0] -= 1
        counts[group]?[target, default: 0] += 1
        return counts[group]?.filter { $0.value > 0 }.map(\.key).sorted() ?? []
    }
}
