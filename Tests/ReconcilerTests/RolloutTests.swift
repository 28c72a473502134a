import Reconciler
import Spec
import TestNames
import Testing

/// Groups change in a rolling way.
@Suite("Rolling a group") struct RolloutTests {
    private static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.77.0.11}}
        images: {debian: {source: debian.qcow2}}
        instances:
          web: {image: debian, vcpus: 2, memory: 1GiB, disk: 3GiB, count: 3}
        """

    private func plan(_ cluster: Cluster, _ fleet: FakeFleet) -> Plan {
        Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet.observe(cluster))
    }

    @Test("The first member that does not come back stops the roll, and the next run waits for it before it goes on")
    func firstFailureStops() async throws {
        let applied = try cluster(Self.spec)
        let fleet = FakeFleet(ClusterIdentity(applied), [FakeNode(name("kvm1"))])
        let executor = Executor(drivers: fleet.drivers, limits: .init(perNode: 1, overall: 1))
        _ = await executor.run(plan(applied, fleet)) { _ in }
        let wanted = try cluster(Self.spec.replacing("vcpus: 2", with: "vcpus: 1"))
        let roll = plan(wanted, fleet)
        let ready = try #require(roll.steps.first { $0.id.text.hasSuffix("web-1/ready") })
        fleet.begin()
        // The steps before it, and then nothing of the group that needs it.
        var broken = roll
        broken.steps.removeAll { $0.id == ready.id }
        let report = await executor.run(broken) { _ in }
        let done = report.outcomes.filter { $0.outcome.isSuccess }.map(\.step.id.text)
        #expect(done.contains("kvm1/instance/web-1/start"))
        #expect(!done.contains { $0.hasSuffix("stop-for-reboot") && !$0.contains("web-1") })
        let next = plan(wanted, fleet)
        let stop = try #require(next.steps.first { $0.id.text.hasSuffix("web-2/stop-for-reboot") })
        #expect(stop.requires.contains(StepID("kvm1/instance/web-1/ready")))
        #expect(next.steps.contains { $0.id.text == "kvm1/instance/web-1/ready" })
        fleet.begin()
        _ = await executor.run(next) { _ in }
        #expect(plan(wanted, fleet).isEmpty)
    }

    @Test("A member that was never ready and migrates is waited for at its destination")
    func awaitsReadinessAtDestination() async throws {
        let text = """
            apiVersion: kvmctl/v1
            cluster: demo
            nodes:
              kvm1: {address: 10.77.0.11}
              kvm2: {address: 10.77.0.12}
              kvm3: {address: 10.77.0.13}
            images: {debian: {source: debian.qcow2}}
            instances:
              web: {image: debian, vcpus: 2, memory: 1GiB, disk: 3GiB, count: 2, placement: {spread: node}}
            """
        let applied = try cluster(text)
        let nodes = ["kvm1", "kvm2", "kvm3"].map { FakeNode(name($0)) }
        let fleet = FakeFleet(ClusterIdentity(applied), nodes)
        _ = await Executor(drivers: fleet.drivers).run(plan(applied, fleet)) { _ in }
        let uuid = ObjectNames(ClusterIdentity(applied)).domainUUID(name("web-1"))
        let home = try #require(fleet.nodes.first { $0.value.domains[uuid] != nil }?.key)
        fleet.edit { nodes in nodes[home]?.domains[uuid]?.mark?.wasReady = false }
        let wanted = try cluster(
            text.replacing("vcpus: 2", with: "vcpus: 1")
                .replacing("\(home): {", with: "\(home): {state: maintenance, "))
        let roll = plan(wanted, fleet)
        let ready = try #require(roll.steps.first { $0.id.text.hasSuffix("web-1/ready") }, "\(planText(roll))")
        #expect(ready.node != home)
        let stop = try #require(roll.steps.first { $0.id.text.hasSuffix("web-2/stop-for-reboot") })
        #expect(stop.requires.contains(ready.id))
        #expect(
            PlanChecker.violations(
                in: roll, of: wanted, fleet: fleet.observe(wanted), intent: .apply(deleteData: false)
            )
            .map(\.description) == [])
    }
}
