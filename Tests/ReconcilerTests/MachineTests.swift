import Reconciler
import Spec
import Testing

/// What tells one machine from another, and what a roster may say of it.
@Suite struct MachineTests {
    private static func fleet(_ cluster: Cluster, _ hosts: [String: String?], machine: String = "template") -> FakeFleet
    {
        let nodes = hosts.map { key, host in
            var node = FakeNode(name(key))
            node.machine = machine
            node.host = host.map { UniqueID(derivedFrom: $0) }
            return node
        }
        return FakeFleet(ClusterIdentity(cluster), nodes)
    }

    private static func plan(_ cluster: Cluster, _ fleet: FakeFleet) -> Plan {
        let seen = fleet.observe(cluster)
        let plan = Planner.plan(cluster, inputs: inputs(cluster), fleet: seen)
        #expect(
            PlanChecker.violations(in: plan, of: cluster, fleet: seen, intent: .apply(deleteData: false)).isEmpty)
        return plan
    }

    @Test("Clones of one template that libvirt tells apart are two machines, and work")
    func clones() async throws {
        let cluster = try cluster(SilentNodeTests.spec)
        let fleet = Self.fleet(cluster, ["kvm1": "one", "kvm2": "two"])
        let first = Self.plan(cluster, fleet)
        #expect(first.refusals.isEmpty)
        _ = await Executor(drivers: fleet.drivers).run(first) { _ in }
        #expect(Self.plan(cluster, fleet).isEmpty)
        // Their addresses were swapped: the names stand for other machines.
        fleet.edit { nodes in
            nodes[name("kvm1")]?.host = UniqueID(derivedFrom: "two")
            nodes[name("kvm2")]?.host = UniqueID(derivedFrom: "one")
        }
        #expect(Self.plan(cluster, fleet).refusals.map(\.object.name) == ["kvm1", "kvm2"])
    }

    @Test("Two names of one machine are refused, with how to tell clones apart", arguments: ["one", nil])
    func same(_ host: String?) throws {
        let cluster = try cluster(SilentNodeTests.spec)
        let plan = Self.plan(cluster, Self.fleet(cluster, ["kvm1": host, "kvm2": host]))
        let refusal = try #require(plan.refusals.first)
        #expect(refusal.object.name == "kvm2")
        #expect(refusal.reason.contains("kvm2 and kvm1 are the same machine"))
        #expect(refusal.remedy.contains("rm /etc/machine-id; systemd-machine-id-setup"))
        #expect(refusal.remedy.contains("host_uuid"))
    }

    @Test(
        "A roster of an older run, which knows machine-ids alone, keeps its word; another UUID of libvirt's alone is no change"
    )
    func older() async throws {
        let cluster = try cluster(SilentNodeTests.spec)
        let fleet = FakeFleet(ClusterIdentity(cluster), [FakeNode(name("kvm1")), FakeNode(name("kvm2"))])
        _ = await Executor(drivers: fleet.drivers).run(Self.plan(cluster, fleet)) { _ in }
        for host in ["first", "made up at the next start"] {
            fleet.edit { nodes in
                for key in nodes.keys { nodes[key]?.host = UniqueID(derivedFrom: "\(host) of \(key)") }
            }
            let plan = Self.plan(cluster, fleet)
            #expect(plan.isEmpty && plan.refusals.isEmpty, "\(planText(plan))")
        }
        fleet.edit { $0[name("kvm1")]?.machine = "another" }
        #expect(Self.plan(cluster, fleet).refusals.map(\.object.name) == ["kvm1"])
    }

    @Test(
        "A roster with a generation that no run reaches takes nothing away from what the others know",
        arguments: [Int.max, .min, 1 << 40, 900])
    func forged(_ generation: Int) async throws {
        let spec = SilentNodeTests.spec.replacing(
            "kvm2: {address: 10.0.0.2}", with: "kvm2: {address: 10.0.0.2}, kvm3: {address: 10.0.0.3}"
        )
        .replacing("disk: 3GiB}", with: "disk: 3GiB, node: kvm2}")
        let cluster = try cluster(spec)
        let fleet = FakeFleet(
            ClusterIdentity(cluster), ["kvm1", "kvm2", "kvm3"].map { FakeNode(name($0)) })
        _ = await Executor(drivers: fleet.drivers).run(Self.plan(cluster, fleet)) { _ in }
        fleet.edit { nodes in
            nodes[name("kvm1")]?.roster?.generation = generation
            nodes[name("kvm1")]?.roster?.instances = [:]
            nodes[name("kvm2")]?.isSilent = true
        }
        let free = try Self.unpinned(spec)
        let plan = Self.plan(free, fleet)
        #expect(!SilentNodeTests.defined(plan).contains("two"))
        #expect(plan.silences.map(\.held) == [[name("two")]])
        _ = await Executor(drivers: fleet.drivers).run(plan) { _ in }
        for node in ["kvm1", "kvm3"] {
            #expect(fleet.nodes[name(node)]?.roster?.instances[name("two")]?.node == name("kvm2"))
        }
        #expect(Self.plan(free, fleet).steps.isEmpty)
    }

    @Test("A stopped instance that the roster has on a silent node waits for that node, run after run")
    func contradicted() async throws {
        let spec = SilentNodeTests.spec.replacing(
            "kvm2: {address: 10.0.0.2}", with: "kvm2: {address: 10.0.0.2}, kvm3: {address: 10.0.0.3}"
        )
        .replacing("disk: 3GiB}", with: "disk: 3GiB, node: kvm2}")
        let cluster = try cluster(spec)
        let fleet = FakeFleet(ClusterIdentity(cluster), ["kvm1", "kvm2", "kvm3"].map { FakeNode(name($0)) })
        _ = await Executor(drivers: fleet.drivers).run(Self.plan(cluster, fleet)) { _ in }
        fleet.edit { nodes in
            for key in nodes.keys { nodes[key]?.roster?.instances[name("two")]?.node = name("kvm3") }
            for (uuid, domain) in nodes[name("kvm2")]?.domains ?? [:] where domain.mark?.instance == name("two") {
                nodes[name("kvm2")]?.domains[uuid]?.power = .shutOff
            }
            nodes[name("kvm3")]?.isSilent = true
        }
        let free = try Self.unpinned(spec)
        for _ in 0..<3 {
            let plan = Self.plan(free, fleet)
            #expect(!plan.steps.contains { if case .startDomain = $0.operation { true } else { false } }, "\(plan)")
            _ = await Executor(drivers: fleet.drivers).run(plan) { _ in }
        }
        fleet.edit { $0[name("kvm3")]?.isSilent = false }
        let plan = Self.plan(free, fleet)
        #expect(plan.steps.contains { if case .startDomain = $0.operation { true } else { false } }, "\(plan)")
    }

    @Test("An old roster's word about a node that left the spec empty refuses nothing")
    func leftEmpty() async throws {
        let spec = SilentNodeTests.spec.replacing(
            "kvm2: {address: 10.0.0.2}", with: "kvm2: {address: 10.0.0.2}, kvm3: {address: 10.0.0.3}"
        )
        .replacing("disk: 3GiB}", with: "disk: 3GiB, node: kvm2}")
        let fleet = FakeFleet(
            ClusterIdentity(try cluster(spec)), ["kvm1", "kvm2", "kvm3"].map { FakeNode(name($0)) })
        _ = await Executor(drivers: fleet.drivers).run(Self.plan(try cluster(spec), fleet)) { _ in }
        fleet.edit { $0[name("kvm3")]?.isSilent = true }
        let moved = try cluster(spec.replacing("node: kvm2}", with: "node: kvm1}"))
        for _ in 0..<3 { _ = await Executor(drivers: fleet.drivers).run(Self.plan(moved, fleet)) { _ in } }
        let without = try cluster(
            spec.replacing("node: kvm2}", with: "node: kvm1}").replacing("kvm2: {address: 10.0.0.2}, ", with: ""))
        fleet.edit { $0[name("kvm2")] = nil }
        #expect(Self.plan(without, fleet).refusals.isEmpty)
        _ = await Executor(drivers: fleet.drivers).run(Self.plan(without, fleet)) { _ in }
        fleet.edit { $0[name("kvm3")]?.isSilent = false }
        let old = fleet.nodes[name("kvm3")]?.roster?.instances[name("two")]
        #expect(old?.node == name("kvm2"))
        let plan = Self.plan(without, fleet)
        #expect(plan.refusals.isEmpty, "\(planText(plan))")
        _ = await Executor(drivers: fleet.drivers).run(plan) { _ in }
        #expect(Self.plan(without, fleet).isEmpty)
    }

    private static func unpinned(_ spec: String) throws -> Cluster {
        try cluster(spec.replacing(", node: kvm2}", with: "}"))
    }

    @Test("A file that a roster calls a kept disk and that is not named like one is never deleted")
    func forgedKeptDisk() async throws {
        let cluster = try cluster(SilentNodeTests.spec)
        let fleet = FakeFleet(ClusterIdentity(cluster), [FakeNode(name("kvm1")), FakeNode(name("kvm2"))])
        _ = await Executor(drivers: fleet.drivers).run(Self.plan(cluster, fleet)) { _ in }
        let path = "\(Pool.localPath)/somebodys.qcow2"
        fleet.edit { nodes in
            nodes[name("kvm1")]?.files[path] = ObservedVolume(path: path, capacity: .gibibytes(1))
            for key in nodes.keys {
                nodes[key]?.roster?.keptDisks = [
                    .init(instance: name("old"), disk: name("data"), part: name("main"), node: name("kvm1"), path: path)
                ]
            }
        }
        let plan = Planner.plan(
            cluster, inputs: inputs(cluster), fleet: fleet.observe(cluster), intent: .apply(deleteData: true))
        #expect(!plan.steps.contains { $0.operation == .deleteVolume(path: path, of: UniqueID(derivedFrom: "x")) })
        #expect(!plan.steps.contains { if case .deleteVolume = $0.operation { true } else { false } })
    }
}
