import Reconciler
import Spec
import TestNames
import Testing

/// Instances that are installed from a CD, and that nothing is ever installed onto a disk that may have something on it.
@Suite struct InstallationPlanTests {
    private static func spec(_ more: String = "install: {iso: cd}", others: String = "") throws -> Cluster {
        try cluster(
            """
            apiVersion: kvmctl/v1
            cluster: demo
            nodes: {kvm1: {address: 10.0.0.1}}
            images: {cd: {source: cd.iso}, disk: {source: disk.qcow2}}
            networks: {front: {mode: nat, cidr: 192.168.9.0/24}}
            instances:
              fresh: {\(more), vcpus: 1, memory: 1GiB, disk: 3GiB, networks: [front]}
              \(others)
            """)
    }

    private static func parsed(_ text: String) throws -> Cluster { try cluster(text) }

    private static func plan(_ cluster: Cluster, _ fleet: FakeFleet) -> Plan {
        Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet.observe(cluster))
    }

    private static func run(_ plan: Plan, on fleet: FakeFleet) async {
        _ = await Executor(drivers: fleet.drivers, limits: .init(perNode: 1, overall: 1)).run(plan) { _ in }
    }

    private static func installs(_ plan: Plan) -> [DomainInstallation] {
        plan.steps.compactMap {
            if case .domain(.install(let installation)) = $0.operation { installation } else { nil }
        }
    }

    private static func violations(_ plan: Plan, _ cluster: Cluster, _ fleet: FakeFleet) -> [String] {
        PlanChecker.violations(in: plan, of: cluster, fleet: fleet.observe(cluster), intent: .apply(deleteData: false))
            .map(\.description)
    }

    @Test("A new instance is installed once; until then its definition does not start with its node")
    func new() async throws {
        let cluster = try Self.spec()
        let fleet = FakeFleet(ClusterIdentity(cluster), [FakeNode(name("kvm1"))])
        let plan = Self.plan(cluster, fleet)
        let installation = try #require(Self.installs(plan).first)
        #expect(Self.installs(plan).count == 1 && Self.violations(plan, cluster, fleet) == [])
        #expect(installation.root.backingPath == nil && installation.domain.autostart)
        for step in plan.steps {
            guard case .domain(.define(let definition)) = step.operation else { continue }
            #expect(!definition.autostart && definition.mark.installation == .due)
        }
        await Self.run(plan, on: fleet)
        #expect(fleet.unexpected == [])
        let domain = try #require(fleet.nodes[name("kvm1")]?.domains.values.first)
        #expect(domain.autostart && domain.mark?.installation == nil && domain.mark?.phase == .active)
        #expect(Self.plan(cluster, fleet).isEmpty, "\(planText(Self.plan(cluster, fleet)))")
        // Another CD is no change of a system that is there.
        let other = try Self.spec("install: {iso: disk}")
        #expect(Self.plan(other, fleet).notices.isEmpty && Self.installs(Self.plan(other, fleet)).isEmpty)
    }

    @Test(
        "However a run is cut off, the next one goes on",
        arguments: [Fault.Kind.killed, .killedAfterEffect, .killedMidway, .failed, .failedMidway])
    func cutOff(_ kind: Fault.Kind) async throws {
        let cluster = try Self.spec()
        for step in 0..<14 {
            let fleet = FakeFleet(ClusterIdentity(cluster), [FakeNode(name("kvm1"))])
            fleet.begin(Fault(kind: kind, step: step))
            await Self.run(Self.plan(cluster, fleet), on: fleet)
            fleet.begin()
            let plan = Self.plan(cluster, fleet)
            #expect(Self.violations(plan, cluster, fleet) == [], "\(step)")
            await Self.run(plan, on: fleet)
            #expect(Self.plan(cluster, fleet).isEmpty, "\(step): \(planText(Self.plan(cluster, fleet)))")
            #expect(fleet.nodes[name("kvm1")]?.domains.values.first?.mark?.installation == nil)
            #expect(fleet.unexpected == [], "\(step)")
        }
    }

    @Test("A root disk that outlived its definition is never installed onto, however runs are cut off")
    func outlived() async throws {
        let cluster = try Self.spec()
        for step in 0..<14 {
            let fleet = await FakeFleet.having(cluster)
            fleet.edit { nodes in nodes[name("kvm1")]?.domains = [:] }
            fleet.begin(Fault(kind: .killedAfterEffect, step: step))
            let first = Self.plan(cluster, fleet)
            #expect(Self.installs(first).isEmpty)
            #expect(
                first.changes.flatMap(\.details).contains("nothing is installed onto a root disk that is there"),
                "\(planText(first))")
            await Self.run(first, on: fleet)
            fleet.begin()
            let second = Self.plan(cluster, fleet)
            #expect(Self.installs(second).isEmpty, "\(step)")
            await Self.run(second, on: fleet)
            #expect(Self.plan(cluster, fleet).isEmpty, "\(step): \(planText(Self.plan(cluster, fleet)))")
        }
    }

    @Test("A spec that has an image in place of an installation that has begun is refused")
    func edited() async throws {
        let cluster = try Self.spec()
        let fleet = FakeFleet(ClusterIdentity(cluster), [FakeNode(name("kvm1"))])
        await Self.run(Self.plan(cluster, fleet), on: fleet)
        fleet.edit { nodes in
            for uuid in nodes[name("kvm1")]?.domains.keys.map(\.self) ?? [] {
                nodes[name("kvm1")]?.domains[uuid]?.mark?.phase = .creating
                nodes[name("kvm1")]?.domains[uuid]?.mark?.installation = .failed
            }
        }
        let edited = Self.plan(try Self.spec("image: disk"), fleet)
        #expect(edited.refusals.map(\.reason) == ["its installation from a CD has begun, and the spec says image: now"])
        #expect(edited.steps.allSatisfy { $0.object.name != "fresh" })
        let again = Self.plan(cluster, fleet)
        #expect(
            again.changes.flatMap(\.details).contains(
                "its root disk is emptied first: the last installation of it failed"))
        // It is ended by force where it is not wanted any more: installers do not hear that they should stop.
        fleet.edit { nodes in
            for uuid in nodes[name("kvm1")]?.domains.keys.map(\.self) ?? [] {
                nodes[name("kvm1")]?.domains[uuid]?.power = .running
            }
        }
        let gone = try Self.parsed(
            "apiVersion: kvmctl/v1\ncluster: demo\nnodes: {kvm1: {address: 10.0.0.1}}\n"
                + "networks: {front: {mode: nat, cidr: 192.168.9.0/24}}\n")
        let forced = Self.plan(gone, fleet).steps.contains { step in
            if case .domain(.stop(_, _, _, let force)) = step.operation { force } else { false }
        }
        #expect(forced)
    }

    @Test("The firewall of an instance is there before its installer runs")
    func filtered() throws {
        let cluster = try Self.spec("install: {iso: cd}, power: off, firewall: {ingress: []}")
        let fleet = FakeFleet(ClusterIdentity(cluster), [FakeNode(name("kvm1"))])
        let plan = Self.plan(cluster, fleet)
        let install = try #require(
            plan.steps.first { if case .domain(.install) = $0.operation { true } else { false } })
        let filters = plan.steps.filter { if case .firewall = $0.operation { true } else { false } }.map(\.id)
        #expect(!filters.isEmpty && Set(install.requires + install.after).isSuperset(of: filters), "\(planText(plan))")
        #expect(Self.violations(plan, cluster, fleet) == [])
    }
}
