import Reconciler
import Spec
import TestNames
import TestTools
import Testing

/// Pools of the type `fs`: what a plan does about them.
@Suite("Pools of file systems") struct FileSystemPoolTests {
    private static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.0.0.1}}
        pools: {vm: {type: fs, device: /dev/vdb, format: ext4, path: /data/vm}}
        images: {disk: {source: disk.qcow2}}
        instances:
          db:
            {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, power: off, ready: running,
             disks: {data: {size: 1GiB, pool: vm}}}
        """
    private static let node = name("kvm1")
    private static let other = PoolSource(
        libvirtType: "fs", values: ["source/device@path": "/dev/vdc", "source/format@type": "ext4"])

    private static func fleet(_ change: (inout FakeNode) -> Void = { _ in }) throws -> FakeFleet {
        var node = FakeNode(node)
        node.folders.insert("/data/vm")
        change(&node)
        return FakeFleet(ClusterIdentity(try cluster(spec)), [node])
    }

    private static func plan(
        _ fleet: FakeFleet, _ text: String = spec, _ intent: Intent = .apply(deleteData: false)
    ) throws -> Plan {
        let cluster = try cluster(text)
        let seen = fleet.observe(cluster)
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: seen, intent: intent)
        #expect(PlanChecker.violations(in: plan, of: cluster, fleet: seen, intent: intent).isEmpty)
        return plan
    }

    @discardableResult
    private static func run(
        _ fleet: FakeFleet, _ text: String = spec, _ intent: Intent = .apply(deleteData: false)
    ) async throws -> Plan {
        let plan = try plan(fleet, text, intent)
        let report = await Executor(drivers: fleet.drivers).run(plan) { _ in }
        for (step, outcome) in report.outcomes where !outcome.isSuccess { Issue.record("\(step.id): \(outcome)") }
        #expect(fleet.unexpected.isEmpty)
        return plan
    }

    private static func pool(_ fleet: FakeFleet) -> ObservedPool? {
        fleet.nodes[node]?.pools.first { $0.path == "/data/vm" }
    }

    @Test("An export is a pool on every node that needs it, is known as shared, and takes no second one beside it")
    func exports() throws {
        let text = """
            apiVersion: kvmctl/v1
            cluster: demo
            nodes: {kvm1: {address: 10.0.0.1}, kvm2: {address: 10.0.0.2}}
            pools: {vm: {type: nfs, server: 10.0.0.9, export: /srv/vm, path: /data/vm}}
            images: {disk: {source: disk.qcow2}}
            instances:
              a: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, pool: vm, node: kvm1}
              b: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, pool: vm, node: kvm2}
            """
        let cluster = try cluster(text)
        var second = try emptyNode("kvm2")
        let plan = Planner.plan(
            cluster, inputs: inputs(cluster), fleet: ReconcilerTests.fleet(try emptyNode("kvm1"), second))
        try expectGolden(planText(plan), "pools-of-an-export.txt")
        // Somebody has mounted it elsewhere already.
        second.pools.append(
            ObservedPool(
                name: "theirs", path: "/mnt/vm", isActive: true, autostart: true, capacity: .gibibytes(100),
                available: .gibibytes(80),
                source: PoolSource(
                    libvirtType: "netfs",
                    values: [
                        // As virsh makes it.
                        "source/host@name": "10.0.0.9", "source/dir@path": "/srv/vm", "source/format@type": "auto",
                    ])))
        let refused = Planner.plan(
            cluster, inputs: inputs(cluster), fleet: ReconcilerTests.fleet(try emptyNode("kvm1"), second))
        #expect(
            refused.refusals.map(\.reason).contains {
                $0.contains("the pool theirs at /mnt/vm is on the export 10.0.0.9:/srv/vm")
            }, "\(refused.refusals)")
    }

    @Test("is made for the disks in it, and goes with them")
    func comesAndGoes() async throws {
        let fleet = try Self.fleet()
        try expectGolden(planText(try await Self.run(fleet)), "pool-of-a-file-system.txt")
        let made = try #require(Self.pool(fleet))
        #expect(made.source.values == ["source/device@path": "/dev/vdb", "source/format@type": "ext4"])
        #expect(made.isMounted)
        #expect(try Self.plan(fleet).isEmpty)
        try await Self.run(fleet, Self.spec, .destroy(deleteData: true))
        #expect(Self.pool(fleet) == nil)
    }

    @Test("a definition that somebody changed is drift, which is set right under the running pool")
    func drift() async throws {
        let fleet = try Self.fleet()
        try await Self.run(fleet)
        fleet.edit { nodes in
            nodes[Self.node]?.pools.withEach("/data/vm") { $0.definedSource = Self.other }
        }
        let plan = try await Self.run(fleet)
        try expectGolden(planText(plan), "pool-of-a-file-system-drift.txt")
        #expect(plan.changes.flatMap(\.fields).map(\.origin) == [.drift])
        #expect(try Self.plan(fleet).isEmpty)
    }

    @Test("one that runs is not put onto another device, and nothing new goes into it")
    func another() async throws {
        let fleet = try Self.fleet()
        try await Self.run(fleet)
        let edited =
            Self.spec.replacing("/dev/vdb", with: "/dev/vdc")
            + "\n  new: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, pool: vm, power: off, ready: running}\n"
        try expectGolden(planText(try Self.plan(fleet, edited)), "pool-of-a-file-system-edited.txt")
    }

    @Test("somebody else's pool over the folder stays as it is, and nothing goes into it", arguments: [true, false])
    func foreign(isActive: Bool) async throws {
        let fleet = try Self.fleet {
            $0.pools.append(
                ObservedPool(
                    name: "theirs", path: "/data/vm", isActive: isActive, autostart: true, capacity: .gibibytes(9),
                    available: .gibibytes(9), uuid: UniqueID(derivedFrom: "theirs"), source: Self.other))
        }
        let plan = try Self.plan(fleet)
        #expect(plan.steps.isEmpty)
        #expect(
            plan.refusals.map(\.reason) == [
                "it cannot be placed: kvm1: the pool theirs over /data/vm has the device /dev/vdc, not /dev/vdb"
            ])
    }

    // MARK: - Mounts and marks

    /// A spec with the same pool and another instance, or none.
    private static func spec(instances: String = "{}", path: String = "/data/vm", device: String = "/dev/vdb") -> String
    {
        """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.0.0.1}}
        pools: {vm: {type: fs, device: \(device), format: ext4, path: \(path)}}
        networks: {front: {mode: isolated}}
        images: {disk: {source: disk.qcow2}}
        instances: \(instances)
        """
    }

    private static let new =
        "{new: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, pool: vm, power: off, ready: running}}"

    /// A fleet in which the pool runs and nothing is in it.
    private static func emptied() async throws -> FakeFleet {
        let fleet = try fleet()
        fleet.edit { $0[node]?.folders.formUnion(["/data/vm", "/data/other"]) }
        try await run(fleet)
        try await run(fleet, spec(), .apply(deleteData: true))
        #expect(pool(fleet)?.isActive == true)
        return fleet
    }

    @Test("one that somebody unmounted does not look empty: the plan says how to mount it, and nothing goes into it")
    func unmounted() async throws {
        let fleet = try await Self.emptied()
        let cluster = try cluster(Self.spec(instances: Self.new))
        var seen = fleet.observe(cluster)
        var observed = try #require(fleet.nodes[Self.node]?.observed)
        observed.folders["/data/vm"] = ObservedFolder(path: "/data/vm", state: .listed)
        seen.nodes[Self.node] = .answered(observed)
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: seen)
        try expectGolden(planText(plan), "pool-of-a-file-system-unmounted.txt")
        #expect(plan.steps.isEmpty && plan.changes.map(\.origin) == [.drift])
    }

    @Test("one that a killed run left without a mark gets it with the next run, before anything goes into it")
    func unmarked() async throws {
        let fleet = try Self.fleet()
        let plan = try Self.plan(fleet)
        let step = try #require(plan.steps.firstIndex { $0.id.text == "kvm1/pool/vm/ensure" })
        fleet.begin(Fault(kind: .killedMidway, step: step))
        _ = await Executor(drivers: fleet.drivers).run(plan) { _ in }
        fleet.begin()
        #expect(Self.pool(fleet)?.isActive == true && fleet.nodes[Self.node]?.marked.contains("/data/vm") == false)
        let next = try await Self.run(fleet)
        let change = try #require(next.changes.first { $0.object.name == "vm" })
        #expect(change.reason == "its file system has no kvmctl mark" && change.origin == .drift)
        #expect(fleet.nodes[Self.node]?.marked.contains("/data/vm") == true)
        #expect(try Self.plan(fleet).isEmpty)
    }

    @Test("one that does not start with its node is drift, of whatever type it is")
    func autostart() async throws {
        let fleet = try Self.fleet()
        try await Self.run(fleet)
        fleet.edit { nodes in
            for path in ["/data/vm", Pool.localPath] { nodes[Self.node]?.pools.withEach(path) { $0.autostart = false } }
        }
        let plan = try await Self.run(fleet)
        #expect(plan.changes.map(\.object.name) == ["default", "vm"])
        #expect(plan.changes.flatMap(\.fields).map(\.path) == ["autostart", "autostart"])
        #expect(plan.changes.flatMap(\.fields).map(\.origin) == [.drift, .drift])
        #expect(fleet.nodes[Self.node]?.pools.map(\.autostart) == [true, true])
        #expect(try Self.plan(fleet).isEmpty)
    }

    // MARK: - Devices

    @Test("a device that another pool of the node is made of is refused, with that pool's name")
    func taken() async throws {
        let fleet = try Self.fleet {
            $0.pools.append(
                ObservedPool(
                    name: "theirs", path: "/mnt/theirs", isActive: false, autostart: true, capacity: .gibibytes(9),
                    available: .gibibytes(9), uuid: UniqueID(derivedFrom: "theirs"),
                    source: PoolSource(libvirtType: "fs", values: ["source/device@path": "/dev/vdb"])))
        }
        let plan = try Self.plan(fleet)
        #expect(plan.steps.isEmpty)
        #expect(
            plan.refusals.map(\.reason) == [
                "it cannot be placed: kvm1: the pool theirs at /mnt/theirs is on the device /dev/vdb"
            ])
    }

    @Test("an empty one that moves to another path is deleted there before it is made here")
    func moved() async throws {
        let fleet = try await Self.emptied()
        let spec = Self.spec(instances: Self.new, path: "/data/other")
        let wanted = try cluster(spec)
        let seen = fleet.observe(wanted)
        let plan = try await Self.run(fleet, spec)
        let index = try #require(plan.steps.firstIndex { $0.id.text == "kvm1/pool/demo.vm/ensure" })
        #expect(plan.steps[index].requires == [StepID("kvm1/pool/vm/delete")])
        var broken = plan
        broken.steps[index].requires = []
        let violations = PlanChecker.violations(
            in: broken, of: wanted, fleet: seen, intent: .apply(deleteData: false))
        #expect(violations.map(\.rule) == [.pool])
        #expect(fleet.nodes[Self.node]?.pools.map(\.path).sorted() == ["/data/other", Pool.localPath].sorted())
        #expect(try Self.plan(fleet, spec).isEmpty)
    }

    @Test("one with a file in it does not move to another path, and the plan says so")
    func movedFull() async throws {
        let fleet = try await Self.emptied()
        fleet.edit { $0[Self.node]?.files["/data/vm/x"] = ObservedVolume(path: "/data/vm/x", capacity: .gibibytes(1)) }
        let plan = try Self.plan(fleet, Self.spec(instances: Self.new, path: "/data/other"))
        #expect(plan.steps.isEmpty)
        #expect(
            plan.refusals.map(\.reason) == [
                "it cannot be placed: kvm1: the pool vm at /data/vm is on the device /dev/vdb and contains /data/vm/x"
            ])
    }

    // MARK: - Parts

    @Test("a run that only reads the file of a pool leaves it alone, unless an instance of its own has disks in it")
    func parts() async throws {
        let fleet = try await Self.emptied()
        fleet.edit { $0[Self.node]?.pools.withEach("/data/vm") { $0.autostart = false } }
        func plan(_ instances: String) throws -> Plan {
            var wanted = try cluster(Self.spec(instances: instances))
            wanted.usedFiles = ["spec.yaml"]
            return Planner.plan(wanted, inputs: inputs(wanted), fleet: fleet.observe(wanted))
        }
        #expect(try plan("{}").isEmpty)
        #expect(try plan(Self.new).changes.contains { $0.object.name == "vm" && $0.object.kind == .pool })
        #expect(try Self.plan(fleet, Self.spec()).changes.map(\.object.name) == ["vm"])
    }

    @Test("one that is stopped with disks in it says how to start it")
    func stopped() async throws {
        let fleet = try Self.fleet()
        try await Self.run(fleet)
        fleet.edit { nodes in
            nodes[Self.node]?.pools.withEach("/data/vm") { $0.isActive = false }
            nodes[Self.node]?.unmounted.insert("/data/vm")
        }
        let problem = fleet.nodes[Self.node]?.observed.storageProblem(for: World.identity)
        #expect(problem?.remedy.hasPrefix("Start its pool (virsh pool-start vm)") == true)
    }
}

extension [ObservedPool] {
    /// Changes the pools over a folder.
    fileprivate mutating func withEach(_ path: String, _ change: (inout ObservedPool) -> Void) {
        for index in indices where self[index].path == path { change(&self[index]) }
    }
}
