import Reconciler
import Spec
import TestNames
import Testing

/// Pools that kvmctl defined, and when they go again.
@Suite("Pools") struct PoolTests {
    private static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.0.0.1}}
        pools: {fast: {type: dir, path: /data/vm}}
        images: {disk: {source: disk.qcow2}}
        instances:
          db:
            {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, pool: fast, power: off, ready: running,
             disks: {data: {size: 1GiB, pool: fast}, log: {size: 1GiB}}}
        """
    private static let node = name("kvm1")

    /// A fleet to which a spec was applied.
    private static func applied(_ text: String = spec, _ change: (inout FakeNode) -> Void = { _ in }) async throws
        -> FakeFleet
    {
        var node = FakeNode(node)
        node.folders.insert("/data/vm")
        change(&node)
        let cluster = try cluster(text)
        let fleet = FakeFleet(ClusterIdentity(cluster), [node])
        try await run(text, on: fleet, .apply(deleteData: false))
        return fleet
    }

    private static func plan(_ text: String, on fleet: FakeFleet, _ intent: Intent) throws -> Plan {
        let cluster = try cluster(text)
        let seen = fleet.observe(cluster)
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: seen, intent: intent)
        #expect(PlanChecker.violations(in: plan, of: cluster, fleet: seen, intent: intent).isEmpty)
        return plan
    }

    @discardableResult
    private static func run(_ text: String, on fleet: FakeFleet, _ intent: Intent) async throws -> Plan {
        let plan = try plan(text, on: fleet, intent)
        let report = await Executor(drivers: fleet.drivers).run(plan) { _ in }
        for (step, outcome) in report.outcomes where !outcome.isSuccess {
            Issue.record("\(step.id): \(outcome)")
        }
        #expect(fleet.unexpected.isEmpty)
        return plan
    }

    private static func pools(_ fleet: FakeFleet) -> [String] { fleet.nodes[node]?.pools.map(\.name).sorted() ?? [] }

    private static func removed(_ plan: Plan) -> [String] {
        plan.changes.filter { $0.object.kind == .pool && $0.action == .delete }.map(\.object.name).sorted()
    }

    @Test("destroy takes along the pools that the cluster made, once nothing is in them")
    func destroyed() async throws {
        let fleet = try await Self.applied()
        #expect(Self.pools(fleet) == ["default", "fast"])
        let plan = try await Self.run(Self.spec, on: fleet, .destroy(deleteData: true))
        #expect(Self.removed(plan) == ["default", "fast"])
        #expect(Self.pools(fleet) == [])
        #expect(fleet.nodes[Self.node]?.marked == [])
        #expect(try Self.plan(Self.spec, on: fleet, .destroy(deleteData: true)).isEmpty)
        // And it can all be made again.
        try await Self.run(Self.spec, on: fleet, .apply(deleteData: false))
        #expect(Self.pools(fleet) == ["default", "fast"])
    }

    @Test("a kept data disk keeps its pool, and the plan says so, until the disk goes")
    func kept() async throws {
        let fleet = try await Self.applied()
        let plan = try await Self.run(Self.spec, on: fleet, .destroy(deleteData: false))
        #expect(Self.removed(plan) == [])
        #expect(plan.notes.contains("the pool fast is kept on kvm1: it contains the kept data disk data of db"))
        #expect(plan.notes.contains("the pool default is kept on kvm1: it contains the kept data disk log of db"))
        #expect(Self.pools(fleet) == ["default", "fast"])
        #expect(
            Self.removed(try await Self.run(Self.spec, on: fleet, .destroy(deleteData: true))) == ["default", "fast"])
    }

    @Test("a pool that somebody else defined stays, whatever its name and path, and nothing is said about it")
    func foreign() async throws {
        let fleet = try await Self.applied {
            $0.pools = [
                ObservedPool(
                    name: "fast", path: "/data/vm", isActive: true, autostart: true, capacity: .gibibytes(100),
                    available: .gibibytes(80), uuid: UniqueID(derivedFrom: "somebody's"))
            ]
        }
        let plan = try await Self.run(Self.spec, on: fleet, .destroy(deleteData: true))
        #expect(Self.removed(plan) == ["default"])
        #expect(!plan.notes.contains { $0.contains("pool") })
        #expect(Self.pools(fleet) == ["fast"])
    }

    @Test(
        "whatever is left in the folder keeps the pool",
        arguments: [
            ("/data/vm/debian.iso", "it contains /data/vm/debian.iso"),
            ("/data/vm/demo-2.db.root.qcow2", "it contains /data/vm/demo-2.db.root.qcow2"),
            ("/data/vm/lost+found", nil),
        ])
    func left(path: String, reason: String?) async throws {
        let fleet = try await Self.applied()
        fleet.edit { $0[Self.node]?.files[path] = ObservedVolume(path: path, capacity: .gibibytes(1)) }
        let plan = try Self.plan(Self.spec, on: fleet, .destroy(deleteData: true))
        #expect(Self.removed(plan) == (reason == nil ? ["default", "fast"] : ["default"]))
        #expect(
            plan.notes.filter { $0.contains("the pool fast") } == reason.map {
                ["the pool fast is kept on kvm1: \($0)"]
            } ?? [])
    }

    @Test("another cluster's machine whose disk is not made yet keeps the pool")
    func otherCluster() async throws {
        let fleet = try await Self.applied()
        fleet.edit {
            guard var other = $0[Self.node]?.domains.values.first else { return }
            other.uuid = UniqueID(derivedFrom: "other")
            other.name = "demo-2.db"
            other.mark?.cluster = ClusterIdentity(name: name("demo-2"))
            other.mark?.baseImage = "another"
            other.mark?.uuid = other.uuid
            other.disks = [.init(name: "root", path: "/data/vm/demo-2.db.root.qcow2")]
            $0[Self.node]?.domains[other.uuid] = other
        }
        let plan = try Self.plan(Self.spec, on: fleet, .destroy(deleteData: true))
        #expect(Self.removed(plan) == ["default"])
        #expect(
            plan.notes.contains(
                "the pool fast is kept on kvm1: /data/vm/demo-2.db.root.qcow2 is a disk of demo-2.db"))
    }

    @Test("a pool whose folder nobody can be sure of stays")
    func unsure() async throws {
        let fleet = try await Self.applied()
        fleet.edit { $0[Self.node]?.marked = [Pool.localPath] }
        let plan = try Self.plan(Self.spec, on: fleet, .destroy(deleteData: true))
        #expect(Self.removed(plan) == ["default"])
        #expect(
            plan.notes.contains {
                $0.hasPrefix("the pool fast is kept on kvm1: /data/vm has no kvmctl mark") && $0.contains("mkdir -p")
            })
    }

    @Test("a pool that left the spec goes with the last disk that leaves it, and with the base image in it")
    func leaves() async throws {
        let fleet = try await Self.applied()
        let without = Self.spec.replacing("pools: {fast: {type: dir, path: /data/vm}}\n", with: "")
            .replacing("pool: fast", with: "pool: local")
        let plan = try await Self.run(without, on: fleet, .apply(deleteData: false))
        #expect(Self.removed(plan) == ["fast"])
        #expect(plan.changes.first { $0.object.kind == .pool }?.reason == "it is not in the spec")
        #expect(Self.pools(fleet) == ["default"])
        #expect(fleet.nodes[Self.node]?.files.keys.filter { $0.hasPrefix("/data/vm/") } == [])
        #expect(try Self.plan(without, on: fleet, .apply(deleteData: false)).isEmpty)
    }

    @Test("a pool of the spec stays though nothing is in it")
    func empty() async throws {
        let fleet = try await Self.applied()
        let instances = Self.spec.replacing("pool: fast", with: "pool: local")
        try await Self.run(instances, on: fleet, .apply(deleteData: false))
        #expect(Self.pools(fleet) == ["default", "fast"])
        #expect(try Self.plan(instances, on: fleet, .apply(deleteData: false)).isEmpty)
    }

    @Test("a destroy that ends anywhere leaves what the next one ends", arguments: Fault.Kind.allCases)
    func anywhere(kind: Fault.Kind) async throws {
        let before = try await Self.applied()
        let intent = Intent.destroy(deleteData: true)
        let plan = try Self.plan(Self.spec, on: before, intent)
        for step in plan.steps.indices {
            let fleet = before.copy
            fleet.begin(Fault(kind: kind, step: step))
            _ = await Executor(drivers: fleet.drivers).run(plan) { _ in }
            fleet.begin()
            try await Self.run(Self.spec, on: fleet, intent)
            #expect(Self.pools(fleet) == [], "\(kind) at \(plan.steps[step].id)")
            #expect(try Self.plan(Self.spec, on: fleet, intent).isEmpty)
        }
    }

    // MARK: - Checking

    /// The destroy of everything, to be broken in one way.
    private static func good() async throws -> PlanCheckerTests.Case {
        let fleet = try await applied()
        let cluster = try cluster(spec)
        let seen = fleet.observe(cluster)
        let intent = Intent.destroy(deleteData: true)
        return PlanCheckerTests.Case(
            plan: Planner.plan(cluster, inputs: inputs(cluster), fleet: seen, intent: intent), cluster: cluster,
            fleet: seen, intent: intent)
    }

    private static let breaks: [PlanCheckerTests.Break] = [
        .init("another pool's UUID", .pool) {
            $0.editNode("kvm1") { node in
                for index in node.pools.indices where node.pools[index].name == "fast" {
                    node.pools[index].uuid = UniqueID(derivedFrom: "somebody's")
                }
            }
        },
        .init("the UUID of another node's pool", .pool) { test in
            let uuid = ObjectNames(ClusterIdentity(test.cluster)).poolUUID("/data/vm", on: name("kvm2"))
            test.editNode("kvm1") { node in
                for index in node.pools.indices where node.pools[index].name == "fast" { node.pools[index].uuid = uuid }
            }
            test.edit("pool/fast/delete") {
                $0.operation = .storage(.deletePool(PoolDefinition(name: "fast", path: "/data/vm", uuid: uuid)))
            }
        },
        .init("the spec has a pool over the folder", .pool) { $0.intent = .apply(deleteData: true) },
        .init("a file is left in it", .pool) {
            $0.editNode("kvm1") {
                $0.volumes["/data/vm/x"] = ObservedVolume(path: "/data/vm/x", capacity: .gibibytes(1))
            }
        },
        .init("a disk in it may still be there", .pool) {
            $0.cut("delete-volume/data", from: "pool/fast/delete")
            $0.cut("db/undefine", from: "pool/fast/delete")
            $0.cut("fetch", from: "pool/fast/delete")
            $0.cut("qcow2/delete", from: "pool/fast/delete")
        },
        .init("somebody's domain has a disk in it", .pool) {
            $0.editNode("kvm1") { node in
                guard var other = node.domains.first else { return }
                other.uuid = UniqueID(derivedFrom: "other")
                other.mark = nil
                other.disks = [.init(name: nil, path: "/data/vm/other.qcow2")]
                node.domains.append(other)
            }
        },
        .init("its folder cannot be read", .pool) {
            $0.editNode("kvm1") {
                $0.folders["/data/vm"] = ObservedFolder(path: "/data/vm", state: .unreadable("Stale file handle"))
            }
        },
        .init("something is made in it", .pool) {
            $0.edit("roster/close") {
                $0.operation = .storage(
                    .createVolume(
                        VolumeDefinition(
                            path: "/data/vm/new.qcow2", capacity: .gibibytes(1), backingPath: nil,
                            owner: UniqueID(derivedFrom: "new"))))
            }
        },
    ]

    @Test("a plan that removes a pool and should not is not carried out", arguments: breaks)
    func checked(by change: PlanCheckerTests.Break) async throws {
        var test = try await Self.good()
        #expect(test.violations.isEmpty)
        change.apply(&test)
        #expect(test.violations.contains { $0.rule == change.rule })
    }
}
