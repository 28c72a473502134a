import Reconciler
import Roles
import SeededRandomness
import Spec
import TestNames
import YAML

/// A random cluster that a validated spec could give, and what it needs from outside.
struct RandomSpec {
    var cluster: Cluster
    var inputs = Inputs()

    private static let position = Position(file: "world.yaml", line: 1, column: 1)

    init(_ generator: inout SeededGenerator) {
        cluster = Cluster(name: name("demo"), parts: [World.main, World.extra])
        cluster.pools[name("local")] = Pool(name: name("local"), path: Pool.localPath)
        if generator.chance(30) { cluster.pools[name("fast")] = Pool(name: name("fast"), path: "/data/vm") }
        for index in 1...generator.number(1...6) { addNode(index, &generator) }
        for index in 1...generator.number(1...2) { addImage(index) }
        addNetworks(&generator)
        let count = generator.number(1...30)
        var number = 0
        while cluster.instances.count < count {
            number += 1
            addInstances(number, upTo: count - cluster.instances.count, &generator)
        }
        // Without a draw of their own, so that the worlds of old seeds stay.
        cluster.migration.perNode = 1 + count % 3
        cluster.migration.encrypted = count % 2 == 0
        cluster.migration.postCopy = count % 3 == 0
        if count % 4 == 2 { cluster.pools[name("fast")]?.shared = true }
        if count % 5 == 3, count % 4 != 2 { addLibrary() }
        if count % 4 == 1 { putPoolsElsewhere() }
    }

    /// Has the images of the pool `fast` in another.
    private mutating func addLibrary() {
        guard cluster.pools[name("fast")] != nil else { return }
        cluster.pools[name("fast")]?.content = [.disks]
        var library = Pool(name: name("library"), path: "/data/library")
        library.content = [.images]
        cluster.pools[library.name] = library
    }

    /// Gives every other node paths of its own.
    private mutating func putPoolsElsewhere() {
        for (index, node) in cluster.nodes.keys.sorted().enumerated() where index % 2 == 1 {
            for pool in cluster.pools.values {
                var there = Pool(name: pool.name, path: "/srv/\(node)/\(pool.name)")
                there.content = pool.content
                cluster.nodes[node]?.pools[pool.name] = there
            }
        }
    }

    private mutating func addNode(_ index: Int, _ generator: inout SeededGenerator) {
        var node = Node(name: name("kvm\(index)"), address: .host("10.77.0.\(10 + index)"), position: Self.position)
        node.labels = ["rack": generator.chance(50) ? "a" : "b"]
        if generator.chance(70) { node.capacityVCPUs = generator.number(2...24) }
        if generator.chance(70) { node.capacityMemory = .gibibytes(UInt64(generator.number(4...48))) }
        if generator.chance(8) { node.state = .cordoned }
        cluster.nodes[node.name] = node
    }

    private mutating func addImage(_ index: Int) {
        let image = Image(name: name("image\(index)"), source: .file("/images/\(index).qcow2"), position: Self.position)
        cluster.images[image.name] = image
        inputs.images[image.name] = Inputs.ResolvedImage(
            fileName: "kvmctl-\(StableHash.digest("image \(index)")).qcow2", virtualSize: .gibibytes(2),
            byteCount: 200 << 20,
            // The names of others do not say what they hold.
            checksum: index == 1 ? Checksum(algorithm: .sha256, digest: StableHash.digest("image \(index)")) : nil)
    }

    private mutating func addNetworks(_ generator: inout SeededGenerator) {
        func network(_ text: String, _ mode: Network.Mode, _ block: String?) -> Network {
            let part = generator.chance(25) ? World.extra : World.main
            var network = Network(name: name(text), mode: mode, part: part, isManaged: true, position: Self.position)
            let parts = block?.split(separator: "/") ?? []
            if parts.count == 2, let address = IPv4Address(String(parts[0])), let prefix = Int(parts[1]) {
                network.cidr = CIDR(network: address, prefix: prefix)
            }
            return network
        }
        func range(_ from: String, _ to: String) -> AddressRange? {
            guard let from = IPv4Address(from), let to = IPv4Address(to) else { return nil }
            return AddressRange(from: from, to: to)
        }
        var all: [Network] = []
        // A block of sixteen is soon used up.
        var front = network("front", .nat, generator.chance(30) ? "192.168.100.0/28" : "192.168.100.0/24")
        if front.cidr?.prefix == 24, generator.chance(50) {
            front.dhcp = range("192.168.100.200", "192.168.100.250").map { .range($0) }
        } else if generator.chance(20) {
            front.dhcp = Network.DHCP.none
        }
        all.append(front)
        if generator.chance(60) {
            var lan = network("lan", .bridge("br0"), "10.77.0.0/24")
            lan.addresses = range("10.77.0.150", generator.chance(30) ? "10.77.0.156" : "10.77.0.190")
            lan.gateway = IPv4Address("10.77.0.1")
            lan.dhcp = generator.chance(50) ? .external : Network.DHCP.none
            if lan.dhcp == .external { lan.mode = .openSwitch("ovs0", vlan: generator.number(41...43)) }
            all.append(lan)
        }
        if generator.chance(40) { all.append(network("back", .isolated, "192.168.101.0/24")) }
        if generator.chance(20) { all.append(network("dark", .isolated, nil)) }
        if generator.chance(30) { all.append(network("old", .existing("default"), nil)) }
        // Nothing is drawn for it, so that the rest of a world is what it was before there were overlays.
        if let last = all.indices.last, all[last].mode == .isolated, cluster.nodes.count > 1 {
            all[last].mode = .vxlan(42)
        }
        for network in all { cluster.networks[network.name] = network }
    }

    private mutating func addInstances(_ number: Int, upTo limit: Int, _ generator: inout SeededGenerator) {
        let group = generator.chance(40) && limit > 1 ? name("group\(number)") : nil
        let count = group == nil ? 1 : generator.number(1...min(6, limit))
        let part = generator.chance(30) ? World.extra : World.main
        let pools = cluster.pools.keys.sorted()
        var common = Instance(
            name: name("one\(number)"), part: part, isManaged: true, position: Self.position,
            vcpus: generator.number(1...4), memory: .mebibytes(UInt64(256 * generator.number(1...12))),
            disk: .gibibytes(10), pool: generator.pick(pools) ?? name("local"),
            image: generator.pick(cluster.images.keys.sorted()) ?? name("image1"), ready: Readiness(when: .running))
        for index in 0..<generator.number(0...3) {
            guard let network = generator.pick(cluster.networks.keys.sorted()) else { continue }
            common.nics.append(NIC(name: name("eth\(index)"), network: network))
        }
        for index in 0..<(generator.chance(40) ? generator.number(1...2) : 0) {
            common.disks.append(
                DataDisk(
                    name: name("data\(index)"), size: .gibibytes(5), pool: generator.pick(pools) ?? name("local")))
        }
        if generator.chance(15) { common.node = generator.pick(cluster.nodes.keys.sorted()) }
        if group != nil, generator.chance(30) {
            common.placement.spread = generator.chance(70) ? .node : .label("rack")
        }
        if group != nil, common.placement.spread == nil, number % 3 == 1 {
            common.placement.together = number % 2 == 1 ? .node : .label("rack")
        }
        if group != nil, !common.placement.keepsApart, common.placement.together == nil, number % 4 == 2 {
            common.placement.perNode = 2
        }
        if generator.chance(15) { common.placement.where = ["rack": "a"] }
        common.power = generator.chance(70) ? .on : generator.chance(50) ? .off : .keep
        common.autostart = generator.chance(70)
        common.protect = generator.chance(8)
        // Nothing is drawn for it, as above.
        if number % 4 == 3 {
            common.firewall = Firewall(
                ingress: [.init(group.map { .members(of: $0) } ?? .any, .tcp, ports: [.init(from: 80, to: 80)])])
        }
        if number % 5 == 2 {
            var site = GitWebRole(repo: "https://example.org/\(number % 3).git")
            site.port = 8_000 + number % 2
            if number % 3 == 1 { site.update = .pinned }
            common.roles[name("site")] = Role(GitWeb.self, site)
        }
        for member in 1...count {
            var instance = common
            if let group, let name = Name(member: member, of: group) {
                instance.name = name
                instance.group = group
                instance.member = member
            }
            if count == 1 { setExplicit(&instance, number, &generator) }
            cluster.instances[instance.name] = instance
        }
    }

    /// Gives a single instance an address or MAC of the user's choice, which no other has.
    private func setExplicit(_ instance: inout Instance, _ number: Int, _ generator: inout SeededGenerator) {
        guard number < 40 else { return }
        for index in instance.nics.indices where generator.chance(15) {
            if instance.nics[index].network == name("lan"), index == 0 {
                instance.nics[index].address = IPv4Address("10.77.0.\(200 + number)")
            } else {
                instance.nics[index].mac = MACAddress(value: 0x5254_00AA_0000 + UInt64(number * 8 + index))
            }
        }
    }

    /// The empty node that the spec speaks of.
    func fakeNode(_ name: Name, _ generator: inout SeededGenerator) -> FakeNode {
        var node = FakeNode(name)
        node.folders = Set(cluster.pools.values.map(\.path))
        node.folders.formUnion(cluster.nodes[name]?.pools.values.map(\.path) ?? [])
        node.sharedFolders = Set(cluster.pools.values.filter(\.shared).map(\.path))
        node.vcpus = generator.number(4...32)
        node.memory = .gibibytes(UInt64(generator.number(8...64)))
        if generator.chance(50) {
            node.pools.append(
                ObservedPool(
                    name: "default", path: Pool.localPath, isActive: generator.chance(80), autostart: true,
                    capacity: .gibibytes(1_000), available: .gibibytes(900),
                    uuid: UniqueID(derivedFrom: "somebody's pool on \(name)")))
        }
        if cluster.networks.values.contains(where: { $0.mode == .existing("default") }) || generator.chance(30) {
            let uuid = UniqueID(derivedFrom: "default network of \(name)")
            node.networks[uuid] = ObservedNetwork(
                uuid: uuid, name: "default", isActive: generator.chance(90), autostart: true, mark: nil,
                cidr: IPv4Address("192.168.122.0").flatMap { CIDR(network: $0, prefix: 24) }, bridge: "virbr0",
                reservations: [], fingerprint: "")
        }
        return node
    }
}
