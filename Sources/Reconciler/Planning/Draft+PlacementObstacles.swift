import Spec

extension Draft {
    /// Why a node cannot take an instance whatever its room; nil where it can.
    func obstacle(_ node: Node, for instance: Instance, occupied: Set<Name>) -> String? {
        if let pin = instance.node, pin != node.name { return "the instance is pinned to \(pin)" }
        switch node.state {
        case .active: break
        case .cordoned, .maintenance, .offline, .lost: return "its state is \(node.state.rawValue)"
        }
        guard let observed = answered[node.name] else { return "it does not answer" }
        if let reason = Architecture.problem(observed.architecture) { return reason }
        if let reason = labelObstacle(node, for: instance) { return reason }
        if let home = diskHome(of: instance.name), home != node.name { return "the instance's disks are on \(home)" }
        return networkObstacle(observed, for: instance) ?? storageObstacle(node, observed, for: instance)
            ?? spreadObstacle(node, for: instance, occupied: occupied) ?? togetherObstacle(node, for: instance)
    }

    /// Why a node can take no instance of the same demand, whatever its name and group.
    func lastingObstacle(_ node: Node, _ observed: ObservedNode, for instance: Instance) -> String? {
        if let reason = Architecture.problem(observed.architecture) { return reason }
        if let reason = labelObstacle(node, for: instance) ?? networkObstacle(observed, for: instance) { return reason }
        for (_, pool, _) in disks(of: instance) where self.pool(pool, on: node.name) == nil {
            return "it has no pool \(pool)"
        }
        return poolObstacle(demands(disks(of: instance), on: node.name), observed)
    }

    private func labelObstacle(_ node: Node, for instance: Instance) -> String? {
        for (label, value) in instance.placement.where.sorted(by: { $0.key < $1.key }) where node.labels[label] != value
        {
            return "its label \(label) is \(node.labels[label] ?? "not set"), not \(value)"
        }
        return nil
    }

    /// Why an instance cannot have its NICs on a node, or nil where it can.
    func networkObstacle(_ observed: ObservedNode, for instance: Instance) -> String? {
        for nic in instance.nics {
            if let network = cluster.networks[nic.network], let reason = obstacle(to: network, on: observed) {
                return reason
            }
        }
        return nil
    }

    /// Why nothing can be plugged into a network on a node, or nil where it can.
    func obstacle(to network: Network, on observed: ObservedNode) -> String? {
        switch network.mode {
        case .bridge(let bridge) where !observed.bridges.contains(bridge):
            "it has no bridge \(bridge) (network \(network.name))"
        case .existing(let name) where !observed.networks.contains { $0.name == name && $0.isActive }:
            "it has no active libvirt network \(name) (network \(network.name))"
        case .nat, .isolated: networkConflict(network, on: observed)
        default: nil
        }
    }

    private func storageObstacle(_ node: Node, _ observed: ObservedNode, for instance: Instance) -> String? {
        if let folder = pool(instance.pool, on: node.name) {
            let seed = "\(folder.path)/\(names.seed(instance.name))"
            if let reason = strangerObstacle(seed, observed, for: instance) { return reason }
        }
        for (disk, pool, _) in disks(of: instance) {
            guard let folder = self.pool(pool, on: node.name) else { return "it has no pool \(pool)" }
            let path = "\(folder.path)/\(volumeName(disk, of: instance.name))"
            if let reason = strangerObstacle(path, observed, for: instance) { return reason }
        }
        return poolObstacle(newDemands(of: instance, on: node.name), observed)
    }

    private func strangerObstacle(_ path: String, _ node: ObservedNode, for instance: Instance) -> String? {
        guard node.volumes[path] != nil, !isRemembered(path, of: instance.name, on: node.name) else { return nil }
        return "\(path) is there already and nothing says that it is this instance's; "
            + "rename or remove it to use the node"
    }

    func spreadObstacle(_ node: Node, for instance: Instance, occupied: Set<Name>) -> String? {
        guard let spread = instance.placement.spread else { return nil }
        switch spread {
        case .node:
            return occupied.contains(node.name) ? "another member of \(instance.group ?? instance.name) is there" : nil
        case .label(let label):
            guard let value = node.labels[label] else { return "it has no label \(label) to spread over" }
            let taken = occupied.contains { cluster.nodes[$0]?.labels[label] == value }
            return taken ? "another member of \(instance.group ?? instance.name) is in \(label) \(value)" : nil
        }
    }
}
