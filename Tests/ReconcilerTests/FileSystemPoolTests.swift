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
