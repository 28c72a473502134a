import Spec

extension Scheduler {
    /// Why a node cannot take an instance whatever its capacity; nil where it can.
    func obstacle(_ node: Node, for instance: Instance, occupied: OccupiedNodes) -> Obstacle? {
        if let pin = instance.node, pin != node.name {
            return Obstacle("the instance is pinned to \(pin)", remedy: "remove `node:`")
        }
        switch node.state {
        case .active: break
        case .cordoned, .maintenance, .offline, .lost:
            return Obstacle("its state is \(node.state.rawValue)", remedy: "set \(node.name) to `state: active`")
        }
        guard let observed = answered[node.name] else {
            return Obstacle("it does not answer", remedy: "find out why \(node.name) does not answer")
        }
        if let obstacle = unfitness(of: observed, for: instance) ?? labelObstacle(node, for: instance) {
            return obstacle
        }
        if let home = diskHome(of: instance.name), home != node.name {
            return Obstacle(
                "the instance's disks are on \(home)",
                remedy: "remove the obstacle on \(home), where its disks are, or delete them with --delete-data")
        }
        if let obstacle = hardwareObstacle(observed, for: instance) ?? networkObstacle(observed, for: instance)
            ?? storageObstacle(node, observed, for: instance)
        {
            return obstacle
        }
        return (spreadObstacle(node, for: instance, occupied: occupied) ?? togetherObstacle(node, for: instance)).map {
            Obstacle($0, remedy: "add a node, or change `placement`")
        }
    }

    /// Why a node can take no instance of the same demand, whatever its name and group.
    func lastingObstacle(_ node: Node, _ observed: ObservedNode, for instance: Instance) -> Obstacle? {
        if let obstacle = unfitness(of: observed, for: instance) { return obstacle }
        if let obstacle = labelObstacle(node, for: instance) ?? networkObstacle(observed, for: instance) {
            return obstacle
        }
        if let obstacle = storage(of: instance, on: node.name).obstacle { return obstacle }
        let demands = demands(disks(of: instance), on: node.name) + imageDemands(of: instance, on: node.name)
        return poolObstacle(demands, observed, promised: promisedSpace)
    }

    private func labelObstacle(_ node: Node, for instance: Instance) -> Obstacle? {
        for (label, value) in instance.placement.where.sorted(by: { $0.key < $1.key }) where node.labels[label] != value
        {
            return Obstacle(
                "its label \(label) is \(node.labels[label] ?? "not set"), but must be \(value)",
                remedy: "give a node the label \(label): \(value), or change `placement`")
        }
        return nil
    }

    private func storageObstacle(_ node: Node, _ observed: ObservedNode, for instance: Instance) -> Obstacle? {
        if let obstacle = storage(of: instance, on: node.name).obstacle { return obstacle }
        if let folder = pool(instance.pool, on: node.name) {
            let seed = "\(folder.path)/\(names.seed(instance.name))"
            if let obstacle = strangerObstacle(seed, observed, for: instance) { return obstacle }
        }
        for (disk, pool, _) in disks(of: instance) {
            guard let folder = self.pool(pool, on: node.name) else { continue }
            let path = diskPath(disk, in: folder.path, of: instance.name, on: node.name)
            if let obstacle = strangerObstacle(path, observed, for: instance) { return obstacle }
            if let doubt = doubt(of: path, on: node.name) {
                return Obstacle("its disk \(disk) was kept at \(path), but \(doubt.reason)", remedy: doubt.remedy)
            }
        }
        return poolObstacle(newDemands(of: instance, on: node.name), observed, promised: promisedSpace)
            ?? givenObstacle(node.name, for: instance)
    }

    private func givenObstacle(_ node: Name, for instance: Instance) -> Obstacle? {
        instance.givenDisks.lazy.compactMap { disk in
            self.givenObstacle(disk, of: instance, on: node, besides: self.owned[instance.name]?.domain.uuid)
        }.first
    }

    private func strangerObstacle(_ path: String, _ node: ObservedNode, for instance: Instance) -> Obstacle? {
        guard node.volumes[path] != nil else { return nil }
        // What goes in this very plan, its own overlays too, is not there by then.
        let going = removals[instance.name] != nil ? owned[instance.name]?.domain.reachedPaths ?? [] : []
        if let overlay = node.overlays(of: path).map(\.path).filter({ !going.contains($0) }).min() {
            return Obstacle(
                "\(path) is the backing file of \(overlay), which would be corrupted once it is written to",
                remedy:
                    "merge them on \(node.name) while nothing uses them (qemu-img commit -d \(overlay)) and remove \(overlay), or "
                    + "move both away")
        }
        guard !isRemembered(path, of: instance.name, on: node.name) else {
            let own = owned[instance.name]?.domain.uuid ?? domainUUID(of: instance.name)
            guard isDiskOfDomain(path, on: node.name, besides: own) else { return nil }
            return Obstacle(
                "\(path), its former disk, is used by another domain",
                remedy: "find that domain with `virsh domblklist` on \(node.name), and detach the disk from it")
        }
        return Obstacle(
            "\(path) exists already and is not known to belong to this instance",
            remedy: "rename or remove \(path) on \(node.name)")
    }

    /// Why the other members of its group keep an instance from a node; nil where they do not.
    func spreadObstacle(_ node: Node, for instance: Instance, occupied: OccupiedNodes) -> String? {
        let count = occupied.count(on: node.name)
        if let most = instance.placement.perNode, count >= most {
            return "it already runs \(count) of \(instance.group ?? instance.name) (perNode: \(most))"
        }
        guard let spread = instance.placement.spread else { return nil }
        switch spread {
        case .node:
            return occupied[node.name].map { "it already runs \($0) (spread: node)" }
        case .label(let label):
            guard let value = node.labels[label] else { return "it has no label \(label) (spread: \(label))" }
            let member = occupied.first { cluster.nodes[$0]?.labels[label] == value }
            return member.map { "\(label) \(value) already runs \($0) (spread: \(label))" }
        }
    }
}
