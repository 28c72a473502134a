import Spec
import TestNames
import Testing

@testable import Reconciler

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
        let cluster = try cluster(UnreachableNodeTests.spec)
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
        let cluster = try cluster(UnreachableNodeTests.spec)
        let plan = Self.plan(cluster, Self.fleet(cluster, ["kvm1": host, "kvm2": host]))
        let refusal = try #require(plan.refusals.first)
        #expect(refusal.object.name == "kvm2")
        #expect(refusal.reason.contains("kvm2 and kvm1 are the same machine"))
        #expect(refusal.remedy.contains("rm -f /etc/machine-id /var/lib/dbus/machine-id; systemd-machine-id-setup"))
        #expect(refusal.remedy.contains("host_uuid"))
    }

    /// Clones that libvirt tells apart, each with an instance.
    private static func clones() async throws -> (Cluster, FakeFleet) {
        let cluster = try cluster(
            UnreachableNodeTests.spec.replacing("disk: 3GiB}", with: "disk: 3GiB, placement: {spread: node}}"))
        let fleet = fleet(cluster, ["kvm1": "one", "kvm2": "two"])
        _ = await Executor(drivers: fleet.drivers).run(plan(cluster, fleet)) { _ in }
        try #require(fleet.nodes.values.allSatisfy { !$0.domains.isEmpty })
        return (cluster, fleet)
    }

    @Test(
        "A clone that got a machine-id of its own, as it is told to, is the machine that it was, and recorded anew",
        arguments: [["kvm2"], ["kvm1"], ["kvm1", "kvm2"]])
    func newMachineID(of renamed: [String]) async throws {
        let (cluster, fleet) = try await Self.clones()
        let before = fleet.nodes.mapValues(\.domains)
        fleet.edit { nodes in for node in renamed { nodes[name(node)]?.machine = "own-\(node)" } }
        let plan = Self.plan(cluster, fleet)
        #expect(plan.refusals.isEmpty && plan.unreachableNodes.isEmpty, "\(planText(plan))")
        #expect(
            plan.notes
                == renamed.map {
                    "\($0) has a new machine-id, own-\($0) instead of template: it is the same machine according to libvirt's host "
                        + "UUID; the new machine-id is recorded"
                })
        #expect(!plan.steps.isEmpty && plan.steps.allSatisfy { $0.object.kind == .roster }, "\(planText(plan))")
        // The checker knows it as well: what is deleted there may be forgotten.
        for instance in ["one", "two"] {
            var less = cluster
            less.instances[name(instance)] = nil
            let removing = Self.plan(less, fleet)
            #expect(removing.changes.contains { $0.action == .delete && $0.object.name == instance })
        }
        _ = await Executor(drivers: fleet.drivers).run(plan) { _ in }
        let after = Self.plan(cluster, fleet)
        #expect(after.isEmpty && after.notes.isEmpty && after.refusals.isEmpty, "\(planText(after))")
        #expect(fleet.nodes.mapValues(\.domains) == before)
        for node in fleet.nodes.values {
            for name in renamed { #expect(node.roster?.nodes[Name(name) ?? node.name]?.machine == "own-\(name)") }
        }
    }

    /// A machine that answers in kvm1's place, or seems to, and what may be done about it.
    struct Stranger: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var edit: @Sendable (inout [Name: FakeNode]) -> Void
        /// How it becomes known again, in words and done; nil where there is no way.
        var wayBack: String?
        var goBack: @Sendable (inout FakeNode) -> Void = { _ in }
    }

    private static let one = UniqueID(derivedFrom: "one")
    private static let strangers = [
        Stranger(
            testDescription: "both identities are new, and the instances are there",
            edit: { nodes in
                nodes[name("kvm1")]?.machine = "own"
                nodes[name("kvm1")]?.host = UniqueID(derivedFrom: "made up")
            }, wayBack: "write `host_uuid = \"\(one)\"` into /etc/libvirt/libvirtd.conf there",
            goBack: { $0.host = one }),
        Stranger(
            testDescription: "the same hardware, set up anew",
            edit: { nodes in
                let old = nodes[name("kvm1")]
                nodes[name("kvm1")] = FakeNode(name("kvm1"))
                nodes[name("kvm1")]?.host = old?.host
            }),
        Stranger(
            testDescription: "the same hardware, with the roster and none of the instances",
            edit: { nodes in
                nodes[name("kvm1")]?.machine = "own"
                nodes[name("kvm1")]?.domains = [:]
            }),
        Stranger(
            testDescription: "another machine without anything of the cluster",
            edit: { nodes in
                nodes[name("kvm1")] = FakeNode(name("kvm1"))
                nodes[name("kvm1")]?.host = UniqueID(derivedFrom: "other")
            }),
        Stranger(
            testDescription: "another node has the host UUID now, so that it is no evidence",
            edit: { nodes in
                nodes[name("kvm1")]?.machine = "own"
                nodes[name("kvm2")]?.host = one
            }, wayBack: "`echo template >/etc/machine-id`",
            goBack: { $0.machine = "template" }),
        Stranger(
            testDescription: "the new machine-id is another node's",
            edit: { nodes in
                nodes[name("kvm2")]?.machine = "own"
                nodes[name("kvm1")]?.machine = "own"
            }, wayBack: "`echo template >/etc/machine-id`", goBack: { $0.machine = "template" }),
        Stranger(
            testDescription: "libvirt does not say what it calls its host",
            edit: { nodes in
                nodes[name("kvm1")]?.machine = "own"
                nodes[name("kvm1")]?.host = nil
            }, wayBack: "write `host_uuid = \"\(one)\"` into", goBack: { $0.host = one }),
    ]

    @Test(
        "A machine that is not surely the old one is another, and the way back that is named works",
        arguments: strangers)
    func stranger(_ stranger: Stranger) async throws {
        let (cluster, fleet) = try await Self.clones()
        fleet.edit(stranger.edit)
        let plan = Self.plan(cluster, fleet)
        let seen = fleet.observe(cluster)
        #expect(PlanChecker.knowingNewIDs(seen, of: ClusterIdentity(cluster)) == seen)
        let refusal = try #require(plan.refusals.first { $0.object.name == "kvm1" }, "\(planText(plan))")
        #expect(refusal.reason.hasPrefix("kvm1 is now another machine"))
        #expect(!plan.steps.contains { $0.node == name("kvm1") }, "\(planText(plan))")
        #expect(!plan.steps.contains { if case .domain(.define) = $0.operation { true } else { false } })
        guard let wayBack = stranger.wayBack else {
            #expect(refusal.remedy.hasPrefix("give the new machine another name"))
            return
        }
        #expect(refusal.remedy.contains(wayBack), "\(refusal.remedy)")
        #expect(refusal.remedy.contains("; else give the new machine another name"))
        fleet.edit { nodes in
            if var node = nodes[name("kvm1")] {
                stranger.goBack(&node)
                nodes[node.name] = node
            }
        }
        #expect(!Self.plan(cluster, fleet).refusals.contains { $0.object.name == "kvm1" })
    }

    @Test("Of two clones that nothing tells apart the one on record stays, and the newcomer gets another identity")
    func newcomer() async throws {
        let spec = UnreachableNodeTests.spec.replacing(", node: kvm1}", with: "}")
        let alone = try cluster(spec.replacing("kvm1: {address: 10.0.0.1}, ", with: ""))
        let both = try cluster(spec)
        let fleet = Self.fleet(both, ["kvm1": "one", "kvm2": "one"])
        _ = await Executor(drivers: fleet.drivers).run(Self.plan(alone, fleet)) { _ in }
        let before = fleet.nodes[name("kvm2")]?.domains
        let refused = Self.plan(both, fleet)
        #expect(refused.refusals.map(\.object.name) == ["kvm1"])
        #expect(refused.refusals.first?.reason.hasPrefix("kvm1 and kvm2 are the same machine") == true)
        #expect(refused.refusals.first?.remedy.contains("give kvm1 an identity of its own") == true)
        fleet.edit { nodes in
            nodes[name("kvm1")]?.machine = "own"
            nodes[name("kvm1")]?.host = UniqueID(derivedFrom: "own")
        }
        let plan = Self.plan(both, fleet)
        #expect(plan.refusals.isEmpty && plan.notes.isEmpty, "\(planText(plan))")
        _ = await Executor(drivers: fleet.drivers).run(plan) { _ in }
        #expect(Self.plan(both, fleet).isEmpty)
        #expect(fleet.nodes[name("kvm2")]?.domains == before)
    }

    @Test(
        "A roster of an older run, which knows machine-ids alone, keeps its word; another UUID of libvirt's alone is no change"
    )
    func older() async throws {
        let cluster = try cluster(UnreachableNodeTests.spec)
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
        let spec = UnreachableNodeTests.spec.replacing(
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
            nodes[name("kvm2")]?.isUnreachable = true
        }
        let free = try Self.unpinned(spec)
        let plan = Self.plan(free, fleet)
        #expect(!UnreachableNodeTests.defined(plan).contains("two"))
        #expect(plan.unreachableNodes.map(\.held) == [[name("two")]])
        _ = await Executor(drivers: fleet.drivers).run(plan) { _ in }
        for node in ["kvm1", "kvm3"] {
            #expect(fleet.nodes[name(node)]?.roster?.instances[name("two")]?.node == name("kvm2"))
        }
        #expect(Self.plan(free, fleet).steps.isEmpty)
    }

    @Test("A stopped instance that the roster has on a silent node waits for that node, run after run")
    func contradicted() async throws {
        let spec = UnreachableNodeTests.spec.replacing(
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
            nodes[name("kvm3")]?.isUnreachable = true
        }
        let free = try Self.unpinned(spec)
        for _ in 0..<3 {
            let plan = Self.plan(free, fleet)
            #expect(!plan.steps.contains { if case .domain(.start) = $0.operation { true } else { false } }, "\(plan)")
            _ = await Executor(drivers: fleet.drivers).run(plan) { _ in }
        }
        fleet.edit { $0[name("kvm3")]?.isUnreachable = false }
        let plan = Self.plan(free, fleet)
        #expect(plan.steps.contains { if case .domain(.start) = $0.operation { true } else { false } }, "\(plan)")
    }

    @Test("An old roster's word about a node that left the spec empty refuses nothing")
    func leftEmpty() async throws {
        let spec = UnreachableNodeTests.spec.replacing(
            "kvm2: {address: 10.0.0.2}", with: "kvm2: {address: 10.0.0.2}, kvm3: {address: 10.0.0.3}"
        )
        .replacing("disk: 3GiB}", with: "disk: 3GiB, node: kvm2}")
        let fleet = FakeFleet(
            ClusterIdentity(try cluster(spec)), ["kvm1", "kvm2", "kvm3"].map { FakeNode(name($0)) })
        _ = await Executor(drivers: fleet.drivers).run(Self.plan(try cluster(spec), fleet)) { _ in }
        fleet.edit { $0[name("kvm3")]?.isUnreachable = true }
        let moved = try cluster(spec.replacing("node: kvm2}", with: "node: kvm1}"))
        for _ in 0..<3 { _ = await Executor(drivers: fleet.drivers).run(Self.plan(moved, fleet)) { _ in } }
        let without = try cluster(
            spec.replacing("node: kvm2}", with: "node: kvm1}").replacing("kvm2: {address: 10.0.0.2}, ", with: ""))
        fleet.edit { $0[name("kvm2")] = nil }
        #expect(Self.plan(without, fleet).refusals.isEmpty)
        _ = await Executor(drivers: fleet.drivers).run(Self.plan(without, fleet)) { _ in }
        fleet.edit { $0[name("kvm3")]?.isUnreachable = false }
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
        let cluster = try cluster(UnreachableNodeTests.spec)
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
        #expect(
            !plan.steps.contains { $0.operation == .storage(.deleteVolume(path: path, of: UniqueID(derivedFrom: "x"))) }
        )
        #expect(!plan.steps.contains { if case .storage(.deleteVolume) = $0.operation { true } else { false } })
    }
}
