import Reconciler
import Roles
import Spec
import TestNames
import TestRoles
import YAML

/// A fleet of any size, empty or as a plan leaves it, for measuring how planning grows.
struct SizedFleet {
    private(set) var cluster: Cluster
    let inputs: Inputs
    private(set) var observed: [Name: ObservedNode] = [:]
    private let repositories: [GitSource: GitAnswer]

    /// Ten instances to a node is a tenth of what it can hold; every third is in a group, every other has two NICs and a website.
    init(nodes: Int, instances: Int) {
        let position = Position(file: "bench.yaml", line: 1, column: 1)
        var cluster = Cluster(name: name("bench"), parts: [name("main")])
        let main = name("main")
        let local = name("local")
        cluster.pools[local] = Pool(name: local, path: Pool.localPath)
        let image = name("debian")
        cluster.images[image] = Image(name: image, source: .file("/debian.qcow2"), position: position)
        var front = Network(name: name("front"), mode: .nat, part: main, isManaged: true, position: position)
        front.cidr = CIDR(network: IPv4Address(value: 0x0A80_0000), prefix: 12)
        var lan = Network(
            name: name("lan"), mode: .bridge("br0"), part: main, isManaged: true, position: position)
        lan.cidr = CIDR(network: IPv4Address(value: 0x0AA0_0000), prefix: 12)
        lan.addresses = AddressRange(from: IPv4Address(value: 0x0AA0_1000), to: IPv4Address(value: 0x0AAF_0000))
        cluster.networks = [front.name: front, lan.name: lan]
        for index in 0..<nodes {
            let name = TestNames.name("node\(index)")
            var node = Node(name: name, address: .host("node\(index)"), position: position)
            node.labels = ["rack": "r\(index / 20)"]
            cluster.nodes[name] = node
            observed[name] = ObservedNode(
                name: name, machine: "machine\(index)", vcpus: 32 + index % 3 * 16,
                memory: .gibibytes(UInt64(128 + index % 5 * 32)), hasKVM: true, bridges: ["br0"])
            observed[name]?.folders[Pool.localPath] = ObservedFolder(
                path: Pool.localPath, state: .listed, id: "folder\(index)")
        }
        var repositories: [GitSource: GitAnswer] = [:]
        for index in 0..<instances {
            let group = index % 3 == 0 ? name("group\(index / 12)") : nil
            let name = TestNames.name("vm\(index)")
            var instance = Instance(
                name: name, part: main, isManaged: true, position: position, vcpus: 1 + index % 4,
                memory: .gibibytes(UInt64(1 + index % 8)), disk: .gibibytes(20), pool: local, image: image,
                ready: Readiness(when: .running))
            instance.group = group
            instance.member = group == nil ? nil : index
            instance.nics = [NIC(name: TestNames.name("eth0"), network: front.name)]
            if index % 2 == 0 { instance.nics.append(NIC(name: TestNames.name("eth1"), network: lan.name)) }
            if index % 2 == 0 {
                let site = GitWebRole(repo: "https://example.org/\(index / 12).git")
                instance.roles[TestNames.name("site")] = Role(GitWeb.self, site)
                repositories[GitSource(site)] = .commit(
                    GitCommit(hash: StableHash.digest(site.repo).prefix(40).description, subject: "-", kind: .branch))
            }
            if index % 10 == 0 {
                instance.disks = [DataDisk(name: TestNames.name("data"), size: .gibibytes(5), pool: local)]
            }
            if group != nil { instance.placement.spread = .node }
            cluster.instances[name] = instance
        }
        self.cluster = cluster
        self.repositories = repositories
        inputs = Inputs(images: [
            image: .init(
                fileName: "kvmctl-\(StableHash.digest("debian")).qcow2", virtualSize: .gibibytes(2), byteCount: 1,
                checksum: Checksum(algorithm: .sha256, digest: StableHash.digest("debian")))
        ])
    }

    /// The same where instances are stacks of some size: one that sends work to the others, which are a group.
    func balanced(by size: Int) -> SizedFleet {
        var changed = self
        let names = cluster.instances.keys.sorted()
        for (index, name) in names.enumerated() {
            let stack = index / size
            let isBalancer = index % size == 0
            let group = TestNames.name("servers\(stack)")
            changed.cluster.instances[name]?.group = isBalancer ? nil : group
            changed.cluster.instances[name]?.member = isBalancer ? nil : index % size
            changed.cluster.instances[name]?.placement.spread = nil
            var probe = Probe.Value()
            if isBalancer {
                let list = RoleReference.members(
                    of: group, network: TestNames.name("front"), port: 8_080, waits: true)
                probe = Probe.Value(references: [PlacedReference(list, key: "backends")], drains: true, reloads: true)
            }
            changed.cluster.instances[name]?.roles = [Probe.app: Role(Probe.self, probe)]
        }
        return changed
    }

    /// The same where every stack of some size has lost its last server.
    func shrunk(by size: Int) -> SizedFleet {
        var changed = self
        for (name, instance) in cluster.instances where instance.member == size - 1 {
            changed.cluster.instances[name] = nil
        }
        return changed
    }

    /// The same where every server's role differs.
    var withOtherServers: SizedFleet {
        var changed = self
        for (name, instance) in cluster.instances where instance.group != nil {
            changed.cluster.instances[name]?.roles = [Probe.app: Role(Probe.self, Probe.Value(number: 2))]
        }
        return changed
    }

    /// The same where every instance gets more of everything.
    var withOtherFlavor: SizedFleet {
        var changed = self
        for name in cluster.instances.keys {
            changed.cluster.instances[name]?.vcpus += 1
            changed.cluster.instances[name]?.memory = .gibibytes(10)
            changed.cluster.instances[name]?.disk = .gibibytes(25)
        }
        return changed
    }

    /// The same where every tenth node is to be emptied.
    var inMaintenance: SizedFleet {
        var changed = self
        for (index, name) in cluster.nodes.keys.sorted().enumerated() where index % 10 == 0 {
            changed.cluster.nodes[name]?.state = .maintenance
        }
        return changed
    }

    var fleet: ObservedFleet {
        var fleet = ObservedFleet(nodes: observed.mapValues { .answered($0) })
        fleet.repositories = repositories
        return fleet
    }

    /// Makes of the nodes what the plan's steps would.
    mutating func carryOut(_ plan: Plan) {
        var domains: [Name: [UniqueID: ObservedDomain]] = [:]
        for step in plan.steps {
            switch step.operation {
            case .storage(.ensurePool(let pool)):
                observed[step.node]?.pools.append(
                    ObservedPool(
                        name: pool.name, path: pool.path, isActive: true, autostart: true, capacity: .gibibytes(4_000),
                        available: .gibibytes(3_000), uuid: pool.uuid))
            case .storage(.fetchImage(let fetch)): add(fetch.path, .gibibytes(2), nil, to: step.node)
            case .network(.define(let network)):
                observed[step.node]?.networks.append(
                    ObservedNetwork(
                        uuid: network.mark.uuid, name: network.name, isActive: true, autostart: true,
                        mark: network.mark, cidr: network.cidr, bridge: network.bridge,
                        reservations: network.reservations, fingerprint: "-"))
            case .domain(.define(let definition)):
                var domain = ObservedDomain(
                    uuid: definition.uuid, name: definition.name, power: .running, autostart: definition.autostart,
                    mark: definition.mark, vcpus: definition.vcpus, memory: definition.memory, fingerprint: "-")
                domain.mark?.phase = .active
                domain.mark?.wasReady = true
                domain.nics = definition.nics.map { .init(name: $0.name, mac: $0.mac, attachment: $0.attachment) }
                domain.disks = definition.disks.map { .init(name: $0.name, path: $0.path) }
                domain.disks.append(.init(name: "seed", path: definition.seedPath))
                domain.running = ObservedDomain.Running(
                    vcpus: definition.vcpus, maximumVCPUs: definition.maximumVCPUs, memory: definition.memory,
                    wholeMemory: definition.memory, maximumMemory: definition.maximumMemory, freeMemorySlots: 8,
                    nics: domain.nics, disks: domain.disks)
                domains[step.node, default: [:]][definition.uuid] = domain
            case .role(let change) where change.action(of: Probe.self) != nil:
                guard case .set(let state, _)? = change.action(of: Probe.self) else { continue }
                domains[step.node]?[change.uuid]?.roles[Probe.self] = .known([change.role: state])
            case .role(let change):
                guard case .deploy(let deployment)? = change.action(of: GitWeb.self) else { continue }
                let site = deployment.site
                domains[step.node]?[change.uuid]?.sites = .known([
                    change.role: ObservedSite(
                        repo: site.repo, ref: site.ref, commit: deployment.commit, subject: deployment.subject,
                        path: site.path, port: site.port)
                ])
            case .storage(.createVolume(let volume)):
                add(volume.path, volume.capacity, volume.backingPath, to: step.node)
            case .storage(.writeSeed(let seed)): add(seed.path, .mebibytes(1), nil, to: step.node)
            case .roster(.write(let roster)): observed[step.node]?.roster = roster
            default: break
            }
        }
        for (node, domains) in domains { observed[node]?.domains = domains.values.sorted { $0.name < $1.name } }
    }

    private mutating func add(_ path: String, _ capacity: Size, _ backing: String?, to node: Name) {
        observed[node]?.volumes[path] = ObservedVolume(path: path, capacity: capacity, backingPath: backing)
    }
}
