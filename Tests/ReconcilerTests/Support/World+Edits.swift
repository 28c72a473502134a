import Reconciler
import Roles
import SeededRandomness
import Spec
import TestNames

extension World {
    /// People change the spec of what is there: every kind of field, one or two at a time.
    mutating func editSpec() {
        // A generator of its own, so that worlds stay the same but for their edits.
        var generator = SeededGenerator(seed: seed &* 131 &+ 17)
        guard generator.chance(60) else { return }
        for old in cluster.instances.keys.sorted() where generator.chance(40) {
            guard var instance = cluster.instances[old], instance.isManaged else { continue }
            for _ in 0..<generator.number(1...3) { edit(&instance, &generator) }
            traits.insert(.editedSpec)
            if instance.group == nil, generator.chance(15), let new = Name("new-\(old)") {
                instance.name = new
                instance.renamedFrom = old
                cluster.instances[old] = nil
            }
            cluster.instances[instance.name] = instance
        }
        keepBeforeChanges()
    }

    /// Roles come, go, and become another kind.
    mutating func editRoles() {
        var generator = SeededGenerator(seed: seed &* 173 &+ 29)
        for name in cluster.instances.keys.sorted() where generator.chance(20) {
            guard cluster.instances[name]?.isManaged == true, let site = Name("site") else { continue }
            var file = PlacedFile()
            file.content = "\(seed)"
            let files = Role(Files.self, ["/etc/motd": file])
            let hadRoles = cluster.instances[name]?.roles.isEmpty == false
            cluster.instances[name]?.roles = hadRoles && generator.chance(50) ? [:] : [site: files]
        }
    }

    /// Firewalls come, change and go, and some are edited behind kvmctl's back.
    mutating func editFirewalls() {
        var generator = SeededGenerator(seed: seed &* 191 &+ 31)
        for name in cluster.instances.keys.sorted() where generator.chance(25) {
            guard let instance = cluster.instances[name], instance.isManaged else { continue }
            let isOver = instance.firewall != nil && generator.chance(50)
            let target = generator.pick(cluster.instances.values.map { $0.group ?? $0.name }.sorted()) ?? name
            let rule = Firewall.Rule(
                .members(of: target), .tcp, ports: [.init(from: 80, to: generator.number(80...90))])
            cluster.instances[name]?.firewall = isOver ? nil : Firewall(ingress: [rule])
        }
        for node in fleet.nodes.keys.sorted() {
            for guest in (fleet.nodes[node]?.filters.keys.sorted { $0.text < $1.text }) ?? [] where generator.chance(20)
            {
                let kind = generator.number(0...3)
                fleet.edit { nodes in
                    switch kind {
                    case 0: nodes[node]?.filters[guest] = nil
                    case 1: nodes[node]?.filters[guest]?.state = .edited
                    case 2: nodes[node]?.filters[guest]?.taps = []
                    default: nodes[node]?.filterHook = .other
                    }
                }
            }
        }
    }

    /// Cables are pulled, at the guest's end or the node's.
    mutating func cutLinks() {
        var generator = SeededGenerator(seed: seed &* 193 &+ 37)
        for node in fleet.nodes.keys.sorted() {
            let ours = fleet.nodes[node]?.domains.values.filter { $0.mark?.cluster == World.identity } ?? []
            for domain in ours.sorted(by: { $0.uuid < $1.uuid }) where !domain.nics.isEmpty && generator.chance(15) {
                let kind = generator.number(0...3)
                fleet.edit { nodes in
                    if kind < 2 { nodes[node]?.domains[domain.uuid]?.nics[0].isCut = true }
                    let mac = domain.nics[0].mac
                    for index in domain.running?.nics.indices ?? 0..<0 where domain.running?.nics[index].mac == mac {
                        if kind > 0 { nodes[node]?.domains[domain.uuid]?.running?.nics[index].isCut = true }
                        if kind == 3 { nodes[node]?.unplugged.insert("tap \(mac)") }
                    }
                }
                traits.insert(.cutLink)
            }
        }
    }

    /// A pool leaves the spec, and what was in it is to be in another.
    mutating func dropPool() {
        var generator = SeededGenerator(seed: seed &* 163 &+ 13)
        guard let fast = Name("fast"), cluster.pools[fast] != nil, generator.chance(50) else { return }
        traits.insert(.droppedPool)
        cluster.pools[fast] = nil
        for node in cluster.nodes.keys { cluster.nodes[node]?.pools[fast] = nil }
        for (name, instance) in cluster.instances {
            if instance.pool == fast { cluster.instances[name]?.pool = .local }
            for index in instance.disks.indices where instance.disks[index].pool == fast {
                cluster.instances[name]?.disks[index].pool = .local
            }
        }
    }

    /// Some want what was before kept, and on some nodes changes turn out badly.
    private mutating func keepBeforeChanges() {
        var generator = SeededGenerator(seed: seed &* 137 &+ 5)
        for name in cluster.instances.keys.sorted() where generator.chance(50) {
            cluster.instances[name]?.changes.snapshotBefore = generator.chance(70) ? [.update, .replace] : [.replace]
        }
        for node in cluster.nodes.keys.sorted() where generator.chance(20) {
            fleet.edit { $0[node]?.breaksChanges = true }
        }
    }

    private func edit(_ instance: inout Instance, _ generator: inout SeededGenerator) {
        let networks = cluster.networks.keys.sorted()
        switch generator.number(0...14) {
        case 0: instance.vcpus = generator.number(1...6)
        case 1: instance.memory = .mebibytes(UInt64(128 * generator.number(2...24)))
        case 2: instance.memory = .mebibytes(UInt64(generator.number(200...3_000)))
        case 3: instance.disk = .gibibytes(UInt64(generator.number(9...14)))
        case 4:
            guard !instance.disks.contains(where: { $0.name == name("data9") }) else { return }
            let pool = generator.pick(cluster.poolsOfDisks) ?? name("local")
            instance.disks.append(DataDisk(name: name("data9"), size: .gibibytes(3), pool: pool))
        case 5: if !instance.disks.isEmpty { instance.disks.removeLast() }
        case 6: if !instance.disks.isEmpty { instance.disks[0].size = .gibibytes(UInt64(generator.number(4...9))) }
        case 7:
            guard !instance.nics.contains(where: { $0.name == name("eth9") }), let network = generator.pick(networks)
            else { return }
            instance.nics.append(NIC(name: name("eth9"), network: network))
        case 8: if !instance.nics.isEmpty { instance.nics.removeLast() }
        case 9:
            guard let index = instance.nics.indices.first, let network = generator.pick(networks) else { return }
            instance.nics[index].network = network
            instance.nics[index].address = nil
        case 10:
            instance.image = generator.pick(cluster.images.keys.sorted()) ?? instance.image
            if generator.chance(70) { instance.changes.image = .replace }
        case 11:
            instance.access.user = "ops"
            instance.changes.firstBoot = generator.pick(ChangePolicy.FirstBoot.allCases) ?? .nextBoot
        case 12: instance.pool = generator.pick(cluster.poolsOfDisks) ?? instance.pool
        case 13:
            guard let index = instance.disks.indices.last else { return }
            instance.disks[index].pool = generator.pick(cluster.poolsOfDisks) ?? instance.pool
        default: instance.changes.reboot = .never
        }
    }
}

extension Cluster {
    /// The pools that disks can be in, sorted.
    fileprivate var poolsOfDisks: [Name] { pools.values.filter { $0.takes(.disks) }.map(\.name).sorted() }
}
