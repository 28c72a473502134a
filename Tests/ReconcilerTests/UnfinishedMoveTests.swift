import Reconciler
import Spec
import TestNames
import Testing

/// What an earlier run's move that did not end leaves on two nodes.
@Suite struct UnfinishedMoveTests {
    private static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes:
          kvm1: {address: 10.0.0.1}
          kvm2: {address: 10.0.0.2, capacity: {memory: 300MiB}, overcommit: {vcpus: 4, memory: 1}}
          kvm3: {address: 10.0.0.3, capacity: {memory: 200MiB}, overcommit: {vcpus: 4, memory: 1}}
        images: {disk: {source: disk.qcow2}}
        instances:
          one: {image: disk, vcpus: 1, memory: 256MiB, disk: 3GiB}
          two: {image: disk, vcpus: 1, memory: 256MiB, disk: 3GiB}
        """

    @Test(
        "Its second domain makes room for it on the node that has that domain, and on no other",
        arguments: [("kvm2", true), ("kvm3", false)])
    func room(target: String, fits: Bool) async throws {
        let (fleet, _) = try await begun("one")
        let wanted = try cluster(
            Self.spec.replacing("one: {image: disk,", with: "one: {image: disk, node: \(target),"))
        let plan = plan(wanted, fleet)
        // Giving up the move that was begun is shown as a migration as well.
        let moves = planText(plan).contains("kvm1/instance/one/move-migrate")
        #expect(moves == fits, "\(planText(plan))")
        #expect(plan.refusals.contains { $0.reason.contains("insufficient capacity") } == !fits, "\(planText(plan))")
    }

    @Test("It goes on to where it was going, whatever else looked at that node before and found no room")
    func afterOthers() async throws {
        let (fleet, spec) = try await begun("two")
        var wanted = spec
        wanted.nodes[name("kvm1")]?.state = .maintenance
        let plan = plan(wanted, fleet)
        let migrations = plan.changes.filter { $0.action == .migrate }
        #expect(migrations.contains { $0.object.name == "one" && $0.blocked != nil }, "\(planText(plan))")
        #expect(migrations.contains { $0.object.name == "two" && $0.blocked == nil }, "\(planText(plan))")
    }

    private func plan(_ spec: Cluster, _ fleet: FakeFleet) -> Plan {
        let seen = fleet.observe(spec)
        let plan = Planner.plan(spec, inputs: inputs(spec), fleet: seen)
        #expect(PlanChecker.violations(in: plan, of: spec, fleet: seen, intent: .apply(deleteData: false)).isEmpty)
        return plan
    }

    /// A fleet with everything on kvm1, and a stopped second domain on kvm2, as a move leaves it whose guest never
    /// got to run there.
    private func begun(_ instance: String) async throws -> (FakeFleet, Cluster) {
        let spec = try cluster(Self.spec)
        let fleet = FakeFleet(ClusterIdentity(spec), ["kvm1", "kvm2", "kvm3"].map { FakeNode(name($0)) })
        var early = spec
        for node in ["kvm2", "kvm3"] { early.nodes[name(node)]?.state = .cordoned }
        let first = Planner.plan(early, inputs: inputs(early), fleet: fleet.observe(early))
        _ = await Executor(drivers: fleet.drivers).run(first) { _ in }
        fleet.edit { nodes in
            for (uuid, var domain) in nodes[name("kvm1")]?.domains ?? [:]
            where domain.mark?.instance == name(instance) {
                domain.mark?.move = .init(from: name("kvm1"), to: name("kvm2"))
                nodes[name("kvm1")]?.domains[uuid] = domain
                domain.power = .shutOff
                domain.running = nil
                nodes[name("kvm2")]?.domains[uuid] = domain
            }
        }
        return (fleet, spec)
    }
}
