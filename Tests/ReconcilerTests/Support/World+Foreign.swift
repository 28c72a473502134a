import Reconciler
import SeededRandomness
import Spec
import TestNames

/// Things on nodes that are not this cluster's, as they were when they appeared.
struct ForeignThings: Sendable {
    var domains: [Name: [UniqueID: ObservedDomain]] = [:]
    var networks: [Name: [UniqueID: ObservedNetwork]] = [:]
    var files: [Name: [String: ObservedVolume]] = [:]
    var pools: [Name: [UniqueID: String]] = [:]

    /// What is missing or different now.
    func damage(in nodes: [Name: FakeNode]) -> [String] {
        var damage: [String] = []
        for (name, domains) in domains {
            for (uuid, domain) in domains where nodes[name]?.domains[uuid] != domain {
                damage.append("foreign domain \(domain.name) on \(name) was touched")
            }
        }
        for (name, networks) in networks {
            for (uuid, network) in networks where nodes[name]?.networks[uuid] != network {
                damage.append("foreign network \(network.name) on \(name) was touched")
            }
        }
        for (name, files) in files {
            for (path, file) in files where nodes[name]?.files[path] != file {
                damage.append("foreign file \(path) on \(name) was touched")
            }
        }
        for (name, pools) in pools {
            for (uuid, path) in pools
            where nodes[name]?.pools.contains(where: { $0.uuid == uuid && $0.path == path }) != true {
                damage.append("the foreign pool over \(path) on \(name) is gone")
            }
        }
        return damage.sorted()
    }
}

extension World {
    /// Remembers the pools that are there before the first run, and makes one over another of the spec's folders.
    mutating func addForeignPools() {
        // A generator of its own, so that worlds stay the same but for this.
        var generator = SeededGenerator(seed: seed &* 157 &+ 11)
        for node in fleet.nodes.keys.sorted() {
            if generator.chance(15), let folder = generator.pick(fleet.nodes[node]?.folders.sorted() ?? []),
                fleet.nodes[node]?.pools.contains(where: { $0.path == folder || $0.name == "fast" }) == false
            {
                let pool = ObservedPool(
                    name: "fast", path: folder, isActive: generator.chance(50), autostart: false,
                    capacity: .gibibytes(1_000), available: .gibibytes(900),
                    uuid: UniqueID(derivedFrom: "somebody's other pool on \(node)"))
                fleet.edit { $0[node]?.pools.append(pool) }
                traits.insert(.foreignLookalike)
            }
            for pool in fleet.nodes[node]?.pools ?? [] {
                if let uuid = pool.uuid { foreign.pools[node, default: [:]][uuid] = pool.path }
            }
            if generator.chance(10), let folder = generator.pick(fleet.nodes[node]?.folders.sorted() ?? []) {
                addFile("\(folder)/somebodys.iso", on: node)
            }
        }
    }

    /// Puts things there that look like ours, before the first run or after the last one.
    mutating func addForeignThings(early: Bool) {
        guard generator.chance(45) else { return }
        for _ in 0..<generator.number(1...4) {
            guard let node = generator.pick(fleet.nodes.keys.sorted()) else { return }
            traits.insert(.foreignLookalike)
            switch generator.number(0...9) {
            case 0: addDomain("unmarked", on: node, early: early) { $0.name = "demo.web-9" }
            case 1: if early { addNamesake(on: node) }
            case 2: addClone(on: node)
            case 3: addOtherCluster(on: node)
            case 4: if early { addNetwork("lookalike", cidr: "192.168.100.0", named: nil, on: node) }
            case 5: if early { addNetwork("namesake", cidr: "192.168.77.0", named: "demo.front", on: node) }
            case 6: addFile("\(Pool.localPath)/demo.web-9.root.qcow2", on: node)
            case 7: if early { addVolumeInTheWay(on: node) }
            case 8: addImageUser(on: node)
            default: addMACHolder(on: node)
            }
        }
    }

    private mutating func addDomain(
        _ what: String, on node: Name, early: Bool, _ change: (inout ObservedDomain) -> Void
    ) {
        let uuid = UniqueID(derivedFrom: "foreign \(what) \(early) \(node)")
        guard fleet.nodes[node]?.domains[uuid] == nil else { return }
        var domain = ObservedDomain(
            uuid: uuid, name: "vm-\(what)-\(early)", power: generator.chance(50) ? .running : .shutOff,
            autostart: generator.chance(50), mark: nil, vcpus: 1, memory: .mebibytes(512), fingerprint: "")
        let path = "\(Pool.localPath)/foreign-\(uuid).qcow2"
        domain.disks = [.init(name: nil, path: path)]
        change(&domain)
        if fleet.nodes[node]?.domains.values.contains(where: { $0.name == domain.name }) == true { return }
        for disk in domain.disks where fleet.nodes[node]?.files[disk.path] == nil { addFile(disk.path, on: node) }
        let made = domain
        fleet.edit { $0[node]?.domains[uuid] = made }
        foreign.domains[node, default: [:]][uuid] = made
    }

    private mutating func addFile(_ path: String, on node: Name, backing: String? = nil) {
        guard fleet.nodes[node]?.files[path] == nil else { return }
        let file = ObservedVolume(path: path, capacity: .gibibytes(7), backingPath: backing)
        fleet.edit { $0[node]?.files[path] = file }
        foreign.files[node, default: [:]][path] = file
    }

    /// A base image that is in use by somebody from now on, whoever brought it.
    private mutating func addBase(_ path: String, on node: Name) {
        addFile(path, on: node)
        if let file = fleet.nodes[node]?.files[path] { foreign.files[node, default: [:]][path] = file }
    }

    /// A domain with the very name, or the very UUID, that one of ours would get.
    private mutating func addNamesake(on node: Name) {
        guard let instance = generator.pick(everything.instances.keys.sorted()) else { return }
        let names = ObjectNames(World.identity)
        addDomain("namesake", on: node, early: true) { $0.name = names.domain(instance) }
    }

    /// What `virt-clone` makes of one of ours: another UUID, another disk, the same metadata.
    private mutating func addClone(on node: Name) {
        let ours = fleet.nodes[node]?.domains.values.filter { $0.mark != nil }.sorted { $0.uuid < $1.uuid } ?? []
        guard let original = generator.pick(ours) else { return }
        addDomain("clone", on: node, early: false) {
            $0.name = original.name + "-clone"
            $0.markProblem = "its mark was copied from another domain"
        }
    }

    private mutating func addOtherCluster(on node: Name) {
        guard let instance = generator.pick(everything.instances.keys.sorted()) else { return }
        let other = ClusterIdentity(name: name("demo-2"))
        let names = ObjectNames(other)
        let image = inputs.images.values.map(\.fileName).min() ?? ""
        let uuid = names.domainUUID(instance)
        guard fleet.nodes.values.allSatisfy({ $0.domains[uuid] == nil }) else { return }
        let path = "\(Pool.localPath)/\(names.rootVolume(instance))"
        addBase("\(Pool.localPath)/\(image)", on: node)
        addFile(path, on: node, backing: "\(Pool.localPath)/\(image)")
        var domain = ObservedDomain(
            uuid: uuid, name: names.domain(instance), power: .shutOff, autostart: true,
            mark: DomainMark(
                cluster: other, part: World.main, instance: instance, uuid: uuid, phase: .active, wasReady: true,
                protect: false, baseImage: image, nics: [:], applied: [:]), vcpus: 1, memory: .mebibytes(512),
            fingerprint: "")
        domain.disks = [.init(name: "root", path: path)]
        let made = domain
        fleet.edit { $0[node]?.domains[uuid] = made }
        foreign.domains[node, default: [:]][uuid] = made
    }

    private mutating func addNetwork(_ what: String, cidr: String, named text: String?, on node: Name) {
        let uuid = UniqueID(derivedFrom: "foreign network \(what) \(node)")
        let network = ObservedNetwork(
            uuid: uuid, name: text ?? "net-\(what)", isActive: generator.chance(70), autostart: false, mark: nil,
            cidr: IPv4Address(cidr).flatMap { CIDR(network: $0, prefix: 24) }, bridge: "virbr-\(what)",
            reservations: [], fingerprint: "")
        guard fleet.nodes[node]?.networks.values.contains(where: { $0.name == network.name }) == false else { return }
        fleet.edit { $0[node]?.networks[uuid] = network }
        foreign.networks[node, default: [:]][uuid] = network
    }

    /// A file where a disk of ours would go, of which nothing says that it is ours.
    private mutating func addVolumeInTheWay(on node: Name) {
        guard let instance = generator.pick(everything.instances.keys.sorted()) else { return }
        let names = ObjectNames(World.identity)
        let file = generator.chance(70) ? names.rootVolume(instance) : names.seed(instance)
        addFile("\(Pool.localPath)/\(file)", on: node)
    }

    /// Somebody's stopped machine on one of our base images.
    private mutating func addImageUser(on node: Name) {
        guard let image = inputs.images.values.map(\.fileName).min() else { return }
        let base = "\(Pool.localPath)/\(image)"
        addBase(base, on: node)
        let path = "\(Pool.localPath)/somebodys-overlay-\(node).qcow2"
        // A generator of its own, so that worlds stay the same but for this.
        var links = SeededGenerator(seed: seed &* 151 &+ 7)
        let isLinked = links.chance(50)
        if isLinked { traits.insert(.linkedPool) }
        addFile(path, on: node, backing: isLinked ? "\(FakeNode.linkToImages)/\(image)" : base)
        addDomain("image-user", on: node, early: false) {
            $0.power = .shutOff
            $0.disks = [.init(name: nil, path: path)]
        }
    }

    /// Somebody's machine with the MAC that one of ours would get.
    private mutating func addMACHolder(on node: Name) {
        let instances = everything.instances.values.filter { !$0.nics.isEmpty }.map(\.name).sorted()
        guard let instance = generator.pick(instances), let nic = everything.instances[instance]?.nics.first else {
            return
        }
        let mac = ObjectNames(World.identity).mac(nic: nic.name, of: instance, try: 0)
        let isTaken = fleet.nodes.values.flatMap(\.domains.values).contains { $0.nics.contains { $0.mac == mac } }
        guard !isTaken, nic.mac == nil else { return }
        addDomain("mac-holder", on: node, early: false) {
            $0.nics = [.init(name: nil, mac: mac, attachment: .bridge("br0"))]
        }
    }
}
