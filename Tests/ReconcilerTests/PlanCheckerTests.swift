import Reconciler
import Roles
import Spec
import TestNames
import Testing
import YAML

@Suite("Checking a plan")
struct PlanCheckerTests {
    /// A plan and what it was made from, to be broken in one way.
    struct Case: Sendable {
        var plan: Plan
        var cluster: Cluster
        var fleet: ObservedFleet
        var intent = Intent.apply(deleteData: false)

        var violations: [Violation] {
            PlanChecker.violations(in: plan, of: cluster, fleet: fleet, intent: intent)
        }

        /// The place of the step whose name ends so; a test that names one that is not there fails.
        func index(_ suffix: String) -> Int {
            if let index = plan.steps.firstIndex(where: { $0.id.text.hasSuffix(suffix) }) { return index }
            Issue.record("no step of the plan ends in \(suffix)")
            return plan.steps.startIndex
        }

        mutating func edit(_ suffix: String, _ change: (inout Step) -> Void) { change(&plan.steps[index(suffix)]) }

        /// Takes one step out of what another requires.
        mutating func cut(_ suffix: String, from needer: String) {
            edit(needer) { $0.requires.removeAll { $0.text.hasSuffix(suffix) } }
        }

        mutating func editNode(_ node: String, _ change: (inout ObservedNode) -> Void) {
            guard case .answered(var observed) = fleet.nodes[name(node)] else { return }
            change(&observed)
            fleet.nodes[name(node)] = .answered(observed)
        }

        /// Puts a change of the domain that the step is about in the step's place.
        mutating func update(_ suffix: String, _ action: (ObservedDomain) -> DomainUpdate.Action?) {
            let step = plan.steps[index(suffix)]
            guard case .answered(let node) = fleet.nodes[step.node], let uuid = step.operation.target,
                let domain = node.domains.first(where: { $0.uuid.text == uuid }), let action = action(domain)
            else { return }
            edit(suffix) {
                $0.operation = .update(DomainUpdate(uuid: domain.uuid, name: domain.name, action: action))
            }
        }

        mutating func editDefinition(_ change: (inout DomainDefinition) -> Void) {
            edit("web/define") { step in
                guard case .domain(.define(var definition)) = step.operation else { return }
                change(&definition)
                step.operation = .domain(.define(definition))
            }
        }

        mutating func editRosters(_ suffix: String, _ change: (inout Roster) -> Void) {
            for index in plan.steps.indices where plan.steps[index].id.text.hasSuffix(suffix) {
                guard case .roster(.write(var roster)) = plan.steps[index].operation else { continue }
                change(&roster)
                plan.steps[index].operation = .roster(.write(roster))
            }
        }
    }

    /// One way to break the good plan.
    struct Break: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var rule: Violation.Rule
        var apply: @Sendable (inout Case) -> Void

        init(_ text: String, _ rule: Violation.Rule, _ apply: @escaping @Sendable (inout Case) -> Void) {
            testDescription = text
            self.rule = rule
            self.apply = apply
        }
    }

    /// Two nodes: `stay`, `mover` and `old`, which has a data disk, run on kvm1; the spec drops `old`, adds `web` on kvm2
    /// and pins `mover` to kvm2.
    private static func good() async -> Case {
        var cluster = Cluster(name: name("demo"), parts: [name("main")])
        let position = Position(file: "c.yaml", line: 1, column: 1)
        cluster.pools[name("local")] = Pool(name: name("local"), path: Pool.localPath)
        for text in ["kvm1", "kvm2"] {
            cluster.nodes[name(text)] = Node(name: name(text), address: .host(text), position: position)
        }
        cluster.images[name("debian")] = Image(name: name("debian"), source: .file("/d.qcow2"), position: position)
        let file = "kvmctl-\(StableHash.digest("debian")).qcow2"
        let inputs = Inputs(images: [
            name("debian"): .init(fileName: file, virtualSize: .gibibytes(2), byteCount: 1, checksum: nil)
        ])
        var front = Network(
            name: name("front"), mode: .nat, part: name("main"), isManaged: true, position: position)
        front.cidr = IPv4Address("192.168.100.0").flatMap { CIDR(network: $0, prefix: 24) }
        cluster.networks[front.name] = front
        func instance(_ text: String, on node: String) -> Instance {
            var instance = Instance(
                name: name(text), part: name("main"), isManaged: true, position: position, vcpus: 1,
                memory: .gibibytes(1), disk: .gibibytes(10), pool: name("local"), image: name("debian"),
                ready: Readiness(when: .running))
            instance.node = name(node)
            instance.nics = [NIC(name: name("eth0"), network: front.name)]
            return instance
        }
        var past = cluster
        past.instances[name("stay")] = instance("stay", on: "kvm1")
        var old = instance("old", on: "kvm1")
        old.disks = [DataDisk(name: name("data"), size: .gibibytes(5), pool: name("local"))]
        past.instances[old.name] = old
        past.instances[name("mover")] = instance("mover", on: "kvm1")
        let fleet = FakeFleet(ClusterIdentity(past), [FakeNode(name("kvm1")), FakeNode(name("kvm2"))])
        let first = Planner.plan(past, inputs: inputs, fleet: fleet.observe(past))
        _ = await Executor(drivers: fleet.drivers).run(first) { _ in }
        cluster.instances[name("stay")] = past.instances[name("stay")]
        cluster.instances[name("mover")] = instance("mover", on: "kvm2")
        cluster.instances[name("web")] = instance("web", on: "kvm2")
        let seen = fleet.observe(cluster)
        return Case(
            plan: Planner.plan(cluster, inputs: inputs, fleet: seen), cluster: cluster, fleet: seen)
    }

    @Test("A good plan has no violation")
    func goodPlan() async {
        let good = await Self.good()
        #expect(good.violations.isEmpty)
        #expect(good.plan.steps.contains { $0.id.text == "kvm1/instance/old/undefine" })
        #expect(good.plan.steps.contains { $0.id.text == "kvm2/instance/web/start" })
    }

    @Test("A plan broken in one way is refused by the rule it breaks", arguments: breaks)
    func broken(_ way: Break) async {
        var broken = await Self.good()
        way.apply(&broken)
        let violations = broken.violations
        #expect(!violations.isEmpty)
        #expect(violations.contains { $0.rule == way.rule }, "\(violations.map(\.description))")
    }

    private static let stranger = UniqueID(derivedFrom: "stranger")

    /// A change of the network on kvm1 that no pass planned.
    private static func changeFront(
        _ broken: inout Case, restart: Bool = false, _ edit: (inout NetworkDefinition) -> Void
    ) {
        guard case .answered(let node) = broken.fleet.nodes[name("kvm1")], let there = node.networks.first,
            let mark = there.mark, let cidr = there.cidr
        else { return }
        var definition = NetworkDefinition(
            name: there.name, mark: mark, mode: .nat, bridge: there.bridge ?? "",
            bridgeMAC: MACAddress(value: 0x5254_0000_0001),
            cidr: cidr, gateway: cidr.firstHost, dhcpRange: nil, hasDHCP: true, reservations: [])
        edit(&definition)
        broken.plan.steps.append(
            Step(
                id: StepID("kvm1/network/front/change"), node: name("kvm1"),
                object: ObjectReference(.network, "front", on: name("kvm1")),
                operation: .network(.change(definition, restart: restart))))
    }

    private static func range6(_ text: String) -> CIDR6? {
        IPv6Address(text).flatMap { CIDR6(network: $0) }
    }

    private static let breaks: [Break] = [
        Break("a network no longer holds the addresses in it", .network) {
            changeFront(&$0) { $0.cidr = CIDR(network: IPv4Address(value: 0x0A00_0000), prefix: 24) }
        },
        Break("a network's IPv6 gateway becomes the address of a guest", .network) { broken in
            guard case .answered(let node) = broken.fleet.nodes[name("kvm1")], let range = range6("fd00::"),
                let address = node.domains.compactMap({ $0.mark?.nics.values.compactMap(\.address).first }).first
            else { return }
            changeFront(&broken) { ($0.cidr6, $0.gateway6) = (range, range.host(UInt64(address.value & 0xff))) }
        },
        Break("a network is restarted and nobody was told", .network) { changeFront(&$0, restart: true) { _ in } },
        Break("a network gets another name", .network) { changeFront(&$0) { $0.name = "other" } },
        Break("a network takes another's bridge", .foreignName) { broken in
            broken.editNode("kvm1") {
                $0.networks.append(
                    ObservedNetwork(
                        uuid: stranger, name: "stranger", isActive: false, autostart: false, mark: nil, cidr: nil,
                        bridge: "virbr9", reservations: [], fingerprint: "-"))
            }
            changeFront(&broken) { $0.bridge = "virbr9" }
        },
        Break("guests of a foreign network are plugged in", .ownership) {
            $0.plan.steps.append(
                Step(
                    id: StepID("plug"), node: name("kvm1"), object: ObjectReference(.network, "x", on: name("kvm1")),
                    operation: .network(.plugGuests(uuid: stranger, name: "default"))))
        },
        Break("two steps of one name", .edges) { $0.plan.steps.append($0.plan.steps[0]) },
        Break("a step that waits for nothing there", .edges) {
            $0.edit("web/start") { $0.requires.append(StepID("x")) }
        },
        Break("a step that waits for a later one", .edges) {
            let last = $0.plan.steps.last?.id
            $0.edit("web/define") { $0.after += [last].compactMap(\.self) }
        },
        Break("a step on a node that did not answer", .unreachableNode) {
            $0.fleet.nodes[name("kvm2")] = .notContacted
        },
        Break("steps although everything was refused", .unreachableNode) {
            $0.plan.refusals.append(
                .init(ObjectReference(.node, "kvm3", on: nil), reason: "", remedy: "", stopsEverything: true))
        },
        Break("a domain without a mark is stopped", .ownership) {
            $0.edit("old/stop-for-delete") {
                $0.operation = .domain(.stop(uuid: stranger, name: "vm", timeout: .seconds(1), force: true))
            }
        },
        Break("a domain whose mark is another cluster's is undefined", .ownership) {
            $0.editNode("kvm1") { node in
                for index in node.domains.indices {
                    node.domains[index].mark?.cluster = ClusterIdentity(name: name("demo-2"))
                }
            }
        },
        Break("a domain with a copied mark is undefined", .ownership) {
            $0.editNode("kvm1") { node in
                for index in node.domains.indices { node.domains[index].markProblem = "copied" }
            }
        },
        Break("an instance that is on two nodes is deleted", .ownership) {
            guard case .answered(let first) = $0.fleet.nodes[name("kvm1")] else { return }
            $0.editNode("kvm2") { $0.domains += first.domains }
        },
        Break("a volume is deleted that the mark does not reach", .ownership) {
            $0.edit("delete-volume/root") { step in
                guard case .storage(.deleteVolume(_, let owner)) = step.operation else { return }
                step.operation = .storage(.deleteVolume(path: "\(Pool.localPath)/demo.stay.root.qcow2", of: owner))
            }
        },
        Break("a network without our mark is deleted", .ownership) {
            $0.edit("old/undefine") { $0.operation = .network(.delete(uuid: stranger, name: "default")) }
        },
        Break("a domain is adopted that has a mark", .ownership) {
            $0.edit("old/stop-for-delete") { step in
                guard case .domain(.stop(let uuid, let name, _, _)) = step.operation else { return }
                var mark = DomainMark(
                    cluster: ClusterIdentity(name: TestNames.name("demo")), part: .main,
                    instance: TestNames.name("new"), uuid: uuid, phase: .active, wasReady: true, protect: false,
                    baseImage: "", nics: [:], applied: [:])
                mark.isAdopted = true
                step.operation = .domain(.adopt(uuid: uuid, name: name, mark: mark))
            }
        },
        Break("a domain is adopted that is not there", .ownership) {
            $0.edit("old/stop-for-delete") { step in
                var mark = DomainMark(
                    cluster: ClusterIdentity(name: TestNames.name("demo")), part: .main,
                    instance: TestNames.name("new"), uuid: stranger, phase: .active, wasReady: true,
                    protect: false, baseImage: "", nics: [:], applied: [:])
                mark.isAdopted = true
                step.operation = .domain(.adopt(uuid: stranger, name: "vm", mark: mark))
            }
        },
        Break("a snapshot of somebody's domain is deleted", .ownership) {
            $0.edit("old/stop-for-delete") {
                $0.operation = .snapshot(.delete(uuid: stranger, name: "vm", snapshot: "s"))
            }
        },
        Break("a domain is defined with another cluster's mark", .ownership) {
            $0.editDefinition { $0.mark.cluster = ClusterIdentity(name: name("demo-2")) }
        },
        Break("an instance of another part is deleted", .part) { $0.cluster.parts = [name("other")] },
        Break("a protected instance is deleted", .protection) {
            $0.editNode("kvm1") { node in
                for index in node.domains.indices { node.domains[index].mark?.protect = true }
            }
        },
        Break("a domain's name is somebody's", .foreignName) { broken in
            broken.editNode("kvm2") {
                $0.domains.append(
                    ObservedDomain(
                        uuid: stranger, name: "demo.web", power: .shutOff, autostart: false, mark: nil, vcpus: 1,
                        memory: .gibibytes(1), fingerprint: ""))
            }
        },
        Break("a disk's file is somebody's", .foreignName) { broken in
            let path = "\(Pool.localPath)/demo.web.root.qcow2"
            broken.editNode("kvm2") { $0.volumes[path] = ObservedVolume(path: path, capacity: .gibibytes(1)) }
        },
        Break("a seed's file is somebody's", .foreignName) { broken in
            let path = "\(Pool.localPath)/demo.web.seed.iso"
            broken.editNode("kvm2") { $0.volumes[path] = ObservedVolume(path: path, capacity: .gibibytes(1)) }
        },
        Break("a network's name is somebody's", .foreignName) { broken in
            broken.editNode("kvm2") {
                $0.networks.append(
                    ObservedNetwork(
                        uuid: stranger, name: "demo.front", isActive: true, autostart: true, mark: nil, cidr: nil,
                        bridge: nil, reservations: [], fingerprint: ""))
            }
        },
        Break("an instance is defined on two nodes", .oneHome) { broken in
            var second = broken.plan.steps[broken.index("web/define")]
            second.id = StepID("again")
            second.node = name("kvm1")
            broken.plan.steps.append(second)
        },
        Break("an instance is defined that another node has", .oneHome) { broken in
            broken.editDefinition { $0.mark.instance = name("stay") }
        },
        Break("an instance is defined that an unreachable node holds", .oneHome) { broken in
            broken.editNode("kvm1") { $0.roster?.instances[name("web")] = entry(on: "kvm3") }
            broken.editNode("kvm2") { $0.roster?.instances[name("web")] = entry(on: "kvm3") }
        },
        Break("a MAC is another domain's", .oneOwner) { broken in
            guard case .answered(let first) = broken.fleet.nodes[name("kvm1")],
                let mac = first.domains.first(where: { $0.name == "demo.stay" })?.nics.first?.mac
            else { return }
            broken.editDefinition { $0.nics[0].mac = mac }
        },
        Break("a MAC is an unreachable node's", .oneOwner) { broken in
            var mac: MACAddress?
            broken.editDefinition { mac = $0.nics.first?.mac }
            var held = entry(on: "kvm3")
            held.macs = [mac].compactMap(\.self)
            broken.editNode("kvm1") { $0.roster?.instances[name("far")] = held }
            broken.editNode("kvm2") { $0.roster?.instances[name("far")] = held }
        },
        Break("an address is another instance's", .oneOwner) { broken in
            guard case .answered(let first) = broken.fleet.nodes[name("kvm1")],
                let nic = first.domains.first(where: { $0.name == "demo.stay" })?.mark?.nics[name("eth0")]
            else { return }
            broken.editDefinition { $0.mark.nics[name("eth0")]?.address = nic.address }
        },
        Break("a volume may be made before its domain", .crashOrder) { $0.cut("define", from: "web/volume/root") },
        Break("a start does not wait for a volume", .crashOrder) { broken in
            broken.cut("finish", from: "web/start")
            broken.edit("web/start") { $0.requires.append(StepID("kvm2/instance/web/seed")) }
        },
        Break("the creation is finished before the seed is there", .crashOrder) { $0.cut("seed", from: "web/finish") },
        Break("a stop before the mark says deleting", .crashOrder) { $0.cut("mark-deleting", from: "stop-for-delete") },
        Break("a volume is deleted while its domain runs", .crashOrder) {
            $0.cut("stop-for-delete", from: "delete-volume/root")
        },
        Break("a domain goes before its volumes", .crashOrder) { $0.cut("delete-volume/root", from: "old/undefine") },
        Break("a seed is left behind", .crashOrder) { broken in
            broken.cut("delete-volume/seed", from: "old/undefine")
            broken.plan.steps.remove(at: broken.index("delete-volume/seed"))
        },
        Break("a data disk is left behind and nobody is told", .crashOrder) {
            $0.editRosters("roster/open") { $0.keptDisks = [] }
        },
        Break("a data disk is deleted that nobody asked for", .dataDisk) {
            $0.edit("delete-volume/root") { step in
                guard case .storage(.deleteVolume(_, let owner)) = step.operation else { return }
                step.operation = .storage(.deleteVolume(path: "\(Pool.localPath)/demo.old.data.qcow2", of: owner))
            }
        },
        Break("a volume is deleted that another domain has too", .dataDisk) { broken in
            broken.editNode("kvm1") { node in
                for index in node.domains.indices where node.domains[index].name == "demo.stay" {
                    node.domains[index].disks[0].path = "\(Pool.localPath)/demo.old.root.qcow2"
                }
            }
        },
        Break("a base image is deleted that is in use", .image) { broken in
            let path = "\(Pool.localPath)/kvmctl-\(StableHash.digest("debian")).qcow2"
            broken.plan.steps.append(
                Step(
                    id: StepID("image"), node: name("kvm1"), object: ObjectReference(.image, "d", on: name("kvm1")),
                    operation: .storage(.deleteImage(path: path))))
        },
        Break("something that is no base image is deleted as one", .image) { broken in
            broken.plan.steps.append(
                Step(
                    id: StepID("image"), node: name("kvm1"), object: ObjectReference(.image, "d", on: name("kvm1")),
                    operation: .storage(.deleteImage(path: "\(Pool.localPath)/windows.qcow2"))))
        },
        Break("a new instance is on no roster before it is there", .roster) {
            $0.editRosters("roster/open") { $0.instances[name("web")] = nil }
        },
        Break("a new instance is made before a node that answers knows of it", .roster) {
            $0.edit("web/define") { $0.after = [] }
        },
        Break("the barrier that a new instance waits for leaves a node out", .roster) { broken in
            guard let barrier = broken.plan.steps.firstIndex(where: { $0.operation == .barrier }) else { return }
            broken.plan.steps[barrier].after.removeAll { $0.text.hasPrefix("kvm1") }
        },
        Break("a roster forgets what an unreachable node holds", .roster) { broken in
            broken.editNode("kvm1") { $0.roster?.instances[name("far")] = entry(on: "kvm3") }
        },
        Break("a move begins that no roster tells of", .roster) { broken in
            broken.editRosters("roster/open") { $0.instances[name("mover")]?.alsoOn = nil }
        },
        Break("more moves at once than the spec allows", .move) { $0.cluster.migration.perNode = 0 },
        Break("a guest migrates in the clear where the spec says encrypted", .move) {
            $0.cluster.migration.encrypted = true
        },
        Break("a guest goes where its CPU is not to be had", .move) { broken in
            for move in broken.plan.beginningMoves {
                broken.fleet.routes[move.path] = ObservedRoute(missingCPU: .init(model: "EPYC", baseline: nil))
            }
        },
        Break("a guest goes where its storage is not", .move) { broken in
            for move in broken.plan.beginningMoves {
                broken.fleet.routes[move.path] = ObservedRoute(unshared: ["/pool/root.qcow2"])
            }
        },
        Break("a guest leaves a device of its node behind", .move) { broken in
            broken.editNode("kvm1") { node in
                for index in node.domains.indices { node.domains[index].ties = ["the host device pci 0000:01:00.0"] }
            }
        },
        Break("files are made on the destination before a mark says so", .move) {
            $0.cut("mover/move-begin", from: "mover/move-prepare")
        },
        Break("a guest migrates before its disks are there", .move) {
            $0.cut("mover/move-prepare", from: "mover/move-migrate")
        },
        Break("the source is cleared before the destination has it", .move) {
            $0.cut("mover/move-migrate", from: "mover/move-leave")
        },
        Break("a move ends with something left on the source", .move) {
            $0.cut("mover/move-leave", from: "mover/move-finish")
        },
        Break("a move takes a file that the domain does not have", .ownership) { broken in
            broken.edit("mover/move-leave") { step in
                guard case .move(var part) = step.operation else { return }
                part.move.disks[0].path = "\(Pool.localPath)/demo.stay.root.qcow2"
                step.operation = .move(part)
            }
        },
        Break("a move brings files where no pool of theirs is", .move) { broken in
            broken.edit("mover/move-prepare") { step in
                guard case .move(var part) = step.operation else { return }
                part.move.folders = [.init(from: Pool.localPath, to: "/srv/vm")]
                step.operation = .move(part)
            }
        },
        Break("the source is cleared while the destination needs its memory", .move) { broken in
            broken.cut("mover/move-migrate", from: "mover/move-leave")
            var copy: ObservedDomain?
            broken.editNode("kvm1") { node in
                for index in node.domains.indices where node.domains[index].name == "demo.mover" {
                    node.domains[index].mark?.move = .init(from: name("kvm1"), to: name("kvm2"))
                    node.domains[index].postCopy = .broken
                    copy = node.domains[index]
                    node.domains[index].power = .paused
                }
            }
            broken.editNode("kvm2") { node in if let copy { node.domains.append(copy) } }
        },
        Break("a move goes over what both of its ends share", .move) { broken in
            broken.editNode("kvm1") { node in
                for index in node.domains.indices where node.domains[index].name == "demo.mover" {
                    node.domains[index].mark?.move = .init(
                        from: name("kvm1"), to: name("kvm2"), sharedFolders: [Pool.localPath])
                }
            }
        },
        Break("a move goes over what another domain has", .foreignName) { broken in
            broken.editNode("kvm2") { node in
                node.domains.append(
                    ObservedDomain(
                        uuid: stranger, name: "other", power: .running, autostart: false, mark: nil, vcpus: 1,
                        memory: .gibibytes(1),
                        disks: [.init(name: nil, path: "\(Pool.localPath)/demo.mover.root.qcow2")], fingerprint: ""))
            }
        },
        Break("what moves is another cluster's", .ownership) { broken in
            broken.editNode("kvm1") { node in
                for index in node.domains.indices where node.domains[index].name == "demo.mover" {
                    node.domains[index].markProblem = "copied"
                }
            }
        },
        Break("a roster forgets what is being deleted before it is gone", .roster) { broken in
            broken.editRosters("roster/open") { $0.instances[name("old")] = nil }
        },
        Break("a roster forgets a kept disk", .roster) { broken in
            let path = "\(Pool.localPath)/demo.gone.data.qcow2"
            let disk = Roster.KeptDisk(
                instance: name("gone"), disk: name("data"), part: name("main"), node: name("kvm1"), path: path)
            broken.editNode("kvm1") {
                $0.roster?.keptDisks.append(disk)
                $0.volumes[path] = ObservedVolume(path: path, capacity: .gibibytes(5))
            }
        },
        Break("a disk would shrink", .update) {
            $0.update("old/stop-for-delete") { domain in
                let path = domain.disks.first { $0.name == "root" }?.path ?? ""
                return .growDisk(DiskGrowth(disk: "root", path: path, capacity: .gibibytes(1)))
            }
        },
        Break("a data disk leaves its machine and no roster knows", .crashOrder) {
            $0.update("old/stop-for-delete") { domain in
                domain.mark.map { .edit(DomainEdit(items: [.removeDisk("data")], mark: $0)) }
            }
            $0.editRosters("open") { $0.keptDisks = [] }
        },
        Break("an edit takes a stranger's file", .foreignName) {
            $0.editNode("kvm1") {
                $0.volumes["/data/x.qcow2"] = ObservedVolume(path: "/data/x.qcow2", capacity: .gibibytes(5))
            }
            $0.update("old/stop-for-delete") { domain in
                domain.mark.map {
                    .edit(DomainEdit(items: [.disk(.init(name: "x", path: "/data/x.qcow2", serial: nil))], mark: $0))
                }
            }
        },
        Break("an edit makes the mark another cluster's", .ownership) {
            $0.update("old/stop-for-delete") { domain in
                guard var mark = domain.mark else { return nil }
                mark.cluster = ClusterIdentity(name: name("demo-2"))
                return .edit(DomainEdit(items: [], mark: mark))
            }
        },
        Break("a root disk goes and its domain stays as it is", .crashOrder) {
            $0.plan.steps.removeAll { $0.id.text.hasSuffix("old/undefine") }
        },
        Break("an instance is made where its pin is not", .placement) {
            $0.cluster.instances[name("web")]?.node = name("kvm1")
        },
        Break("an instance is made where its labels are not", .placement) {
            $0.cluster.instances[name("web")]?.placement.where = ["rack": "a"]
        },
        Break("an instance is made beside one that it is to be apart from", .placement) {
            for text in ["web", "mover"] { $0.cluster.instances[name(text)]?.group = name("group") }
            $0.cluster.instances[name("web")]?.placement.spread = .node
        },
        Break("an instance is made where as many of its group are as one node may have", .placement) {
            for text in ["web", "mover"] { $0.cluster.instances[name(text)]?.group = name("group") }
            $0.cluster.instances[name("web")]?.placement.perNode = 1
        },
        Break("an instance is made apart from all that it is to be together with", .placement) {
            for text in ["web", "stay"] { $0.cluster.instances[name(text)]?.group = name("group") }
            $0.cluster.instances[name("web")]?.node = nil
            $0.cluster.instances[name("web")]?.placement.together = .node
        },
        Break("an instance without a role serves a website", .role) {
            $0.edit("web/start") { step in
                guard case .domain(.start(let uuid, let name)) = step.operation, let role = Name("site") else { return }
                let deployment = SiteDeployment(
                    site: GitWebRole(repo: "https://example.org/x.git"), commit: String(repeating: "a", count: 40),
                    subject: "", previous: nil, certificate: "", isAfterBoot: true)
                step.operation = .role(
                    RoleStep(
                        GitWeb.self, uuid: uuid, name: name, role: role, reach: GuestReach(address: nil),
                        action: .deploy(deployment))
                )
            }
        },
        Break("a domain is renamed while it runs, and nobody asked for it", .update) {
            $0.update("mover/move-begin") { _ in .rename(to: "demo.other") }
        },
        Break("a disk's old file goes before the domain has the new one", .diskMove) {
            $0.update("old/stop-for-delete") { domain in domain.moving("data").map { .moveDisk(.leave, $0) } }
        },
        Break("a disk is copied to where no mark leads", .diskMove) {
            $0.update("old/stop-for-delete") { domain in domain.moving("data").map { .moveDisk(.copy, $0) } }
        },
        Break("a disk's move is given up while the domain has the new file", .diskMove) {
            $0.editNode("kvm1") { node in
                for index in node.domains.indices {
                    guard let move = node.domains[index].moving("data") else { continue }
                    let paths = DomainMark.DiskPaths(from: move.paths.to, to: move.paths.from)
                    node.domains[index].mark?.diskPaths["data"] = paths
                }
            }
            $0.update("old/stop-for-delete") { domain in
                domain.moving("data").map {
                    .moveDisk(.abandon, DiskMove(disk: "data", paths: .init(from: $0.paths.to, to: $0.paths.from)))
                }
            }
        },
        Break("a disk's copy is made over a file that is there", .foreignName) {
            $0.editNode("kvm1") { node in
                guard let move = node.domains.lazy.compactMap({ $0.moving("data") }).first else { return }
                node.volumes[move.paths.to] = ObservedVolume(path: move.paths.to, capacity: .gibibytes(5))
            }
            $0.update("old/stop-for-delete") { domain in domain.moving("data").map { .moveDisk(.begin, $0) } }
        },
        Break("a roster is older than one that is there", .roster) { $0.editRosters("open") { $0.generation = 1 } },
        Break("the roster goes while instances are there", .roster) {
            $0.edit("kvm1/roster/open") { $0.operation = .roster(.delete) }
        },
    ]

    private static func entry(on node: String) -> Roster.Entry {
        Roster.Entry(
            node: name(node), part: name("main"), uuid: stranger, macs: [], addresses: [], volumes: [:])
    }

    @Test("What a move may have brought to an unreachable node counts like what is there")
    func otherEndIsUnreachable() async throws {
        var moving = Self.entry(on: "kvm1")
        moving.alsoOn = name("kvm3")
        func violations(_ instance: String, _ entry: Roster.Entry, _ change: (inout Case) -> Void = { _ in }) async
            -> [String]
        {
            var broken = await Self.good()
            for node in ["kvm1", "kvm2"] { broken.editNode(node) { $0.roster?.instances[name(instance)] = entry } }
            change(&broken)
            return broken.violations.map(\.description)
        }
        let made = await violations("web", moving)
        #expect(
            made.contains { $0 == "single location: kvm2/instance/web/define: kvm3 may have instance web" }, "\(made)")
        let forgotten = await violations("far", moving)
        #expect(
            forgotten.contains { $0.hasSuffix("roster/open: it forgets instance far on unreachable kvm3") },
            "\(forgotten)")
        let removed = await violations("far", moving) { broken in
            broken.edit("kvm1/roster/open") { $0.operation = .roster(.delete) }
        }
        #expect(removed.contains { $0.hasSuffix("unreachable kvm3 may have instance far") }, "\(removed)")
        var mark: DomainMark?
        let foreign = ObservedDomain(
            uuid: Self.stranger, name: "other", power: .running, autostart: false, mark: nil, vcpus: 1,
            memory: .gibibytes(1), fingerprint: "as seen")
        let adopted = await violations("web", moving) { broken in
            broken.editNode("kvm2") { $0.domains.append(foreign) }
            broken.editDefinition { definition in
                definition.mark.uuid = Self.stranger
                definition.mark.isAdopted = true
                definition.mark.phase = .active
                mark = definition.mark
            }
            guard let mark else { return }
            broken.edit("web/define") {
                $0.operation = .domain(.adopt(uuid: Self.stranger, name: "other", mark: mark))
                $0.expectation = .unchanged(fingerprint: "as seen")
            }
        }
        #expect(
            adopted.contains { $0 == "single location: kvm2/instance/web/define: kvm3 may have instance web" },
            "\(adopted)")
        let taken = await violations("far", moving) { broken in
            broken.editDefinition { moving.macs = $0.nics.map(\.mac) }
            for node in ["kvm1", "kvm2"] { broken.editNode(node) { $0.roster?.instances[name("far")] = moving } }
        }
        #expect(taken.contains { $0.contains("instance far on unreachable kvm3 uses the MAC") }, "\(taken)")
    }

    @Test("Every rule is broken by some case")
    func everyRule() {
        // Trials, pools, drains and firewalls have plans of their own.
        #expect(
            Set(Self.breaks.map(\.rule))
                == Set(Violation.Rule.allCases).subtracting([.trial, .pool, .drain, .firewall]))
    }
}

extension ObservedDomain {
    /// A move of one of its disks to another folder.
    fileprivate func moving(_ disk: String) -> DiskMove? {
        disks.first { $0.name == disk }.map {
            DiskMove(disk: disk, paths: .init(from: $0.path, to: "/data/other/disk.qcow2"))
        }
    }
}
