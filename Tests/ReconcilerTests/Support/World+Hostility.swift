import Reconciler
import SeededRandomness
import Spec
import YAML

extension World {
    /// Nodes made from one template: one machine-id, told apart by what libvirt calls its host.
    mutating func cloneMachines() {
        guard seed % 4 == 1 else { return }
        traits.insert(.clones)
        fleet.edit { nodes in
            for name in nodes.keys {
                nodes[name]?.machine = "template"
                nodes[name]?.host = UniqueID(derivedFrom: "host of \(name)")
            }
        }
    }

    /// Somebody takes snapshots of disks into files of their own, once or twice, and tells libvirt nothing of them.
    mutating func putOnTop() {
        var generator = SeededGenerator(seed: seed &* 167 &+ 15)
        guard generator.chance(40) else { return }
        for node in fleet.nodes.keys.sorted() {
            let domains = (fleet.nodes[node]?.domains.values.map(\.self) ?? []).filter {
                $0.mark?.cluster == World.identity && $0.mark?.phase == .active && $0.mark?.move == nil
                    && $0.mark?.trial == nil && $0.mark?.diskPaths.isEmpty == true
            }
            for domain in domains.sorted(by: { $0.uuid < $1.uuid }) where generator.chance(40) {
                for disk in domain.disks where disk.name != "seed" && disk.name != nil && generator.chance(60) {
                    for number in 1...generator.number(1...2) { putOnTop(of: disk, number, of: domain.uuid, on: node) }
                }
            }
        }
    }

    private mutating func putOnTop(of disk: ObservedDomain.Disk, _ number: Int, of uuid: UniqueID, on node: Name) {
        let stem = disk.path.hasSuffix(".qcow2") ? String(disk.path.dropLast(6)) : disk.path
        let path = "\(stem).s\(number)"
        guard let domain = fleet.nodes[node]?.domains[uuid],
            let below = domain.disks.first(where: { $0.name == disk.name })?.path,
            let file = fleet.nodes[node]?.files[below], fleet.nodes[node]?.files[path] == nil
        else { return }
        traits.insert(.overlaidDisk)
        let new = ObservedVolume(path: path, capacity: file.capacity, backingPath: below)
        fleet.edit { nodes in
            nodes[node]?.files[path] = new
            nodes[node]?.domains[uuid]?.disks.indices.forEach { index in
                if nodes[node]?.domains[uuid]?.disks[index].path == below {
                    nodes[node]?.domains[uuid]?.disks[index].path = path
                }
            }
            nodes[node]?.domains[uuid]?.running?.disks.indices.forEach { index in
                if nodes[node]?.domains[uuid]?.running?.disks[index].path == below {
                    nodes[node]?.domains[uuid]?.running?.disks[index].path = path
                }
            }
        }
    }

    /// A node in maintenance holds instances of a part that this run does not change.
    mutating func addSecondPartInMaintenance() {
        guard seed % 5 == 2, cluster.parts.count > 1 else { return }
        let there = fleet.nodes.filter { node in
            let parts = Set(
                node.value.domains.values.compactMap { $0.mark?.cluster == World.identity ? $0.mark?.part : nil })
            return parts.count > 1 && cluster.nodes[node.key]?.state == .active
        }.keys.sorted()
        guard let node = there.first else { return }
        traits.formUnion([.twoPartsInMaintenance, .maintenance, .twoParts])
        cluster.nodes[node]?.state = .maintenance
        cluster.parts = [World.main]
        for (name, instance) in cluster.instances where instance.part == World.extra {
            cluster.instances[name]?.isManaged = false
        }
        for (name, network) in cluster.networks where network.part == World.extra {
            cluster.networks[name]?.isManaged = false
        }
    }

    /// Asks of some instances what must not be done, together with what could be, and of the others nothing new.
    mutating func refuseSome() {
        var generator = SeededGenerator(seed: seed &* 149 &+ 3)
        guard generator.chance(40) else { return }
        if !cluster.images.isEmpty, let broken = Name("broken") {
            cluster.images[broken] = Image(
                name: broken, source: .file("/images/broken.qcow2"), position: Position(file: "w", line: 1, column: 1))
        }
        let names = cluster.instances.values.filter(\.isManaged).map(\.name).sorted()
        for _ in 0..<generator.number(1...3) {
            guard let name = generator.pick(names), var instance = cluster.instances[name] else { continue }
            spoil(&instance, &generator)
            cluster.instances[name] = instance
            traits.insert(.refusedBeside)
        }
    }

    private func spoil(_ instance: inout Instance, _ generator: inout SeededGenerator) {
        if !instance.disks.isEmpty, generator.chance(60) { instance.disks.removeLast() }
        if generator.chance(40), instance.disks.allSatisfy({ $0.name.text != "late" }), let late = Name("late") {
            instance.disks.append(DataDisk(name: late, size: .gibibytes(1), pool: instance.pool))
        }
        switch generator.number(0...4) {
        case 0: instance.disk = .gibibytes(3)
        case 1: instance.memory = .gibibytes(5_000)
        case 2: instance.vcpus = 500
        case 3:
            if let broken = Name("broken") { instance.image = broken }
        default:
            let others = fleet.nodes.values.flatMap(\.domains.values).filter { $0.mark?.instance != instance.name }
            let mac = generator.pick(others.flatMap(\.nics).map(\.mac).sorted())
            if !instance.nics.isEmpty { instance.nics[0].mac = mac }
        }
    }

    /// The roster of one node says what somebody wants it to say.
    mutating func forgeRoster() {
        var generator = SeededGenerator(seed: seed &* 151 &+ 9)
        guard fleet.nodes.count > 1, generator.chance(20), let node = generator.pick(fleet.nodes.keys.sorted()),
            let old = fleet.nodes[node]?.roster
        else { return }
        traits.insert(.forgedRoster)
        var forged = old
        forged.generation = generator.pick([Int.max, Int.min, old.generation + 1_000, (1 << 40) - 1_000]) ?? .max
        if generator.chance(50) { forged.instances = [:] }
        if generator.chance(30) { forged.nodes = [:] }
        let isKnownElsewhere = fleet.nodes.values.contains { $0.name != node && !$0.isUnreachable && $0.roster == old }
        if isKnownElsewhere, generator.chance(50) { forged.keptDisks = [] }
        for name in forged.instances.keys.sorted() where generator.chance(30) {
            if let other = generator.pick(fleet.nodes.keys.sorted()) { forged.instances[name]?.node = other }
        }
        if let file = foreign.files[node]?.keys.min(), let instance = everything.instances.keys.min(),
            let disk = Name("data0")
        {
            forged.keptDisks.append(
                .init(instance: instance, disk: disk, part: World.main, node: node, path: file))
        }
        let final = forged
        fleet.edit { $0[node]?.roster = final }
    }
}
