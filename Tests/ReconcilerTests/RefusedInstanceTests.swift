import Reconciler
import Spec
import TestNames
import Testing

/// An instance that is refused leaves no trace in what is done for the others, nor on record.
@Suite struct RefusedInstanceTests {
    static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.77.0.11}, kvm2: {address: 10.77.0.12}}
        images: {debian: {source: debian.qcow2}, other: {source: other.qcow2}}
        networks:
          front: {mode: nat, cidr: 192.168.222.0/24, addresses: {from: 192.168.222.10, to: 192.168.222.99}}
        instances:
          db: {image: debian, vcpus: 1, memory: 256MiB, disk: 3GiB, node: kvm1, networks: [front], disks: {data: {size: 1GiB}, log: {size: 1GiB}}}
          web: {image: debian, vcpus: 1, memory: 256MiB, disk: 3GiB, node: kvm1, networks: [front]}
        """

    /// What the spec asks of `db` beside having `data` taken away from it, and what that is refused for.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let old: String
        let new: String
        let reason: String
    }

    static let cases = [
        Case(
            testDescription: "memory that the node does not have", old: "memory: 256MiB", new: "memory: 4000GiB",
            reason: "it needs 4000GiB of memory"),
        Case(
            testDescription: "more vCPUs than the node has", old: "vcpus: 1", new: "vcpus: 400",
            reason: "it needs 400 vCPUs"),
        Case(testDescription: "a smaller disk", old: "disk: 3GiB", new: "disk: 2GiB", reason: "disks cannot shrink"),
        Case(
            testDescription: "an image that is larger than its disk", old: "image: debian",
            new: "image: other, imageChange: replace",
            reason: "is smaller than image other"),
        Case(
            testDescription: "somebody's MAC", old: "networks: [front]",
            new: "nics: {eth0: {network: front, mac: \"52:54:00:00:00:01\"}}",
            reason: "its MAC 52:54:00:00:00:01 is already used by"),
        Case(
            testDescription: "a smaller disk and another node", old: "disk: 3GiB, node: kvm1",
            new: "disk: 2GiB, node: kvm2",
            reason: "disks cannot shrink"),
    ]

    @Test("What is refused half made keeps the address that its spec gives it by now")
    func halfMade() async throws {
        let spec = Self.spec.replacing("to: 192.168.222.99", with: "to: 192.168.222.12")
        let applied = try cluster(spec)
        let fleet = try #require(await halfMadeDB(applied))
        let taken = fleet.nodes.values.flatMap(\.domains.values).compactMap(\.mark)
            .flatMap { $0.nics.values.compactMap(\.address?.description) }
        let free = try #require(["10", "11", "12"].map { "192.168.222.\($0)" }.first { !taken.contains($0) })
        let changed = spec.replacing(
            "db: {image: debian, vcpus: 1, memory: 256MiB, disk: 3GiB, node: kvm1, networks: [front],",
            with: """
                new: {image: debian, vcpus: 1, memory: 256MiB, disk: 3GiB, node: kvm1, networks: [front]}
                  db: {image: other, vcpus: 1, memory: 256MiB, disk: 3GiB, node: kvm1, \
                nics: {eth0: {network: front, address: \(free)}},
                """)
        let wanted = try cluster(changed)
        var inputs = inputs(wanted)
        inputs.images[name("other")] = Inputs.ResolvedImage(
            fileName: "kvmctl-\(StableHash.digest("other")).qcow2", virtualSize: .gibibytes(9), byteCount: 1,
            checksum: nil)
        let plan = Planner.plan(wanted, inputs: inputs, fleet: fleet.observe(wanted))
        #expect(plan.refusals.map(\.object.name).contains("db"), "\(planText(plan))")
        #expect(!plan.changes.flatMap(\.details).contains { $0.hasSuffix("address \(free)") }, "\(planText(plan))")
    }

    /// A fleet in which a run was killed while it made `db`, and made the other.
    private func halfMadeDB(_ applied: Cluster) async -> FakeFleet? {
        for step in 0..<40 {
            let fleet = FakeFleet(ClusterIdentity(applied), [FakeNode(name("kvm1")), FakeNode(name("kvm2"))])
            let plan = Planner.plan(applied, inputs: inputs(applied), fleet: fleet.observe(applied))
            fleet.begin(Fault(kind: .killedAfterEffect, step: step))
            _ = await Executor(drivers: fleet.drivers, limits: .init(perNode: 1, overall: 1)).run(plan) { _ in }
            fleet.begin()
            let marks = fleet.nodes.values.flatMap(\.domains.values).compactMap(\.mark)
            if marks.contains(where: { $0.instance == name("db") && $0.phase == .creating }) { return fleet }
        }
        return nil
    }

    @Test("What is refused is on no roster, and the others get what they want", arguments: cases)
    func beside(_ example: Case) async throws {
        let applied = try cluster(Self.spec)
        let fleet = FakeFleet(ClusterIdentity(applied), [FakeNode(name("kvm1")), FakeNode(name("kvm2"))])
        var inputs = inputs(applied)
        inputs.images[name("other")] = Inputs.ResolvedImage(
            fileName: "kvmctl-\(StableHash.digest("other")).qcow2", virtualSize: .gibibytes(9), byteCount: 1,
            checksum: nil)
        let first = Planner.plan(applied, inputs: inputs, fleet: fleet.observe(applied))
        _ = await Executor(drivers: fleet.drivers).run(first) { _ in }
        fleet.edit { nodes in
            let uuid = UniqueID(derivedFrom: "somebody's")
            var domain = ObservedDomain(
                uuid: uuid, name: "vm", power: .shutOff, autostart: false, mark: nil, vcpus: 1,
                memory: .mebibytes(64), fingerprint: "")
            domain.nics = [.init(name: nil, mac: MACAddress(value: 0x5254_0000_0001), attachment: .bridge("br0"))]
            nodes[name("kvm2")]?.domains[uuid] = domain
        }
        let before = fleet.nodes
        let lines = Self.spec.split(separator: "\n").map(String.init).map { line in
            guard line.hasPrefix("  db:") else {
                return line.hasPrefix("  web:") ? line.replacing("256MiB", with: "512MiB") : line
            }
            return line.replacing(example.old, with: example.new).replacing("data: {size: 1GiB}, ", with: "")
        }
        let wanted = try cluster(lines.joined(separator: "\n"))
        let seen = fleet.observe(wanted)
        let plan = Planner.plan(wanted, inputs: inputs, fleet: seen)
        #expect(plan.refusals.map(\.object.name) == ["db"], "\(planText(plan))")
        #expect(plan.refusals.first?.reason.contains(example.reason) == true, "\(plan.refusals)")
        #expect(
            PlanChecker.violations(in: plan, of: wanted, fleet: seen, intent: .apply(deleteData: false)).map(
                \.description)
                == [])
        #expect(!plan.steps.contains { $0.object.name == "db" && $0.object.kind == .instance })
        let report = await Executor(drivers: fleet.drivers).run(plan) { _ in }
        #expect(report.outcomes.allSatisfy { $0.outcome.isSuccess })
        let after = fleet.nodes
        for node in [name("kvm1"), name("kvm2")] {
            #expect(after[node]?.roster?.keptDisks == [])
            #expect(after[node]?.roster?.instances[name("db")] == before[node]?.roster?.instances[name("db")])
        }
        let uuid = ObjectNames(ClusterIdentity(wanted)).domainUUID(name("db"))
        #expect(after[name("kvm1")]?.domains[uuid] == before[name("kvm1")]?.domains[uuid])
        let web = ObjectNames(ClusterIdentity(wanted)).domainUUID(name("web"))
        #expect(after[name("kvm1")]?.domains[web]?.memory == .mebibytes(512))
        let again = Planner.plan(wanted, inputs: inputs, fleet: fleet.observe(wanted))
        #expect(again.isEmpty, "\(planText(again))")
    }

    @Test("Until its mark has the new name, a renamed instance is on record under the old one")
    func renamed() async throws {
        let applied = try cluster(Self.spec)
        let fleet = FakeFleet(ClusterIdentity(applied), [FakeNode(name("kvm1")), FakeNode(name("kvm2"))])
        let inputs = inputs(applied)
        let first = Planner.plan(applied, inputs: inputs, fleet: fleet.observe(applied))
        _ = await Executor(drivers: fleet.drivers).run(first) { _ in }
        let wanted = try cluster(
            Self.spec.replacing("  web: {", with: "  shop: {renamedFrom: web, ").replacing(
                "disk: 3GiB, node: kvm1, networks: [front]}", with: "disk: 2GiB, node: kvm1, networks: [front]}"))
        let plan = Planner.plan(wanted, inputs: inputs, fleet: fleet.observe(wanted))
        #expect(plan.refusals.map(\.object.name) == ["shop"], "\(planText(plan))")
        _ = await Executor(drivers: fleet.drivers).run(plan) { _ in }
        #expect(fleet.nodes[name("kvm2")]?.roster?.instances[name("web")]?.node == name("kvm1"))
        // The rename is taken out of the spec again while the node that has the instance does not answer.
        let free = try cluster(Self.spec.replacing("node: kvm1, networks: [front]}", with: "networks: [front]}"))
        fleet.edit { $0[name("kvm1")]?.isUnreachable = true }
        let again = Planner.plan(free, inputs: inputs, fleet: fleet.observe(free))
        #expect(!again.steps.contains { $0.object.name == "web" && $0.object.kind == .instance }, "\(planText(again))")
    }
}
