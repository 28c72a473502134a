import Reconciler
import Spec
import TestNames
import Testing

/// What a guest calls itself changes only where the name does.
@Suite("Names of guests") struct HostNameTests {
    private static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes: {kvm1: {address: 10.77.0.11}}
        images: {debian: {source: debian.qcow2}}
        instances:
          web: {image: debian, vcpus: 1, memory: 1GiB, disk: 3GiB, ready: running}
        """

    private func plan(_ before: String, _ after: String) async throws -> Plan {
        let applied = try cluster(Self.spec.replacing("web: {", with: before))
        let fleet = FakeFleet(ClusterIdentity(applied), [FakeNode(name("kvm1"))])
        let first = Planner.plan(applied, inputs: inputs(applied), fleet: fleet.observe(applied))
        _ = await Executor(drivers: fleet.drivers, limits: .init(perNode: 1, overall: 1)).run(first) { _ in }
        let wanted = try cluster(Self.spec.replacing("web: {", with: after))
        return Planner.plan(wanted, inputs: inputs(wanted), fleet: fleet.observe(wanted))
    }

    @Test("The instance's own name as hostname is no change")
    func same() async throws {
        #expect(try await plan("web: {", "web: {hostname: web, ").isEmpty)
        #expect(try await plan("web: {hostname: web, ", "web: {").isEmpty)
        let renamed = try await plan("web: {", "app: {renamedFrom: web, hostname: web, ")
        #expect(renamed.changes.flatMap(\.fields).map(\.path) == ["name"])
    }

    @Test("Another name is a change")
    func other() async throws {
        let plan = try await plan("web: {", "web: {hostname: app, ")
        #expect(plan.changes.flatMap(\.fields).map(\.path) == ["hostname"])
    }
}
