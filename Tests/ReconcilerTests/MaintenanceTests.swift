import Reconciler
import Spec
import TestNames
import Testing

/// A node in maintenance is empty only when nothing of the cluster is left there, whose part it ever is.
@Suite struct MaintenanceTests {
    private static let nodes = "nodes: {kvm1: {address: 10.0.0.1}, kvm2: {address: 10.0.0.2}}"

    private static func text(_ part: String, _ instance: String, _ more: String = "", uses: String = "") -> String {
        """
        apiVersion: kvmctl/v1
        cluster: demo
        part: \(part)\(uses)
        \(nodes)
        images: {disk: {source: disk.qcow2}}
        instances:
          \(instance): {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB\(more)}
        """
    }

    @Test(
        "What other parts still have on the node is refused, with the command that moves it", arguments: [false, true])
    func otherParts(knowsFile: Bool) async throws {
        let main = try cluster(Self.text("main", "one"))
        let web = try cluster(Self.text("web", "fe"))
        let fleet = FakeFleet(ClusterIdentity(main), [FakeNode(name("kvm1")), FakeNode(name("kvm2"))])
        fleet.edit { $0[name("kvm2")]?.isUnreachable = true }
        for spec in [main, web] {
            let plan = Planner.plan(spec, inputs: inputs(spec), fleet: fleet.observe(spec))
            _ = await Executor(drivers: fleet.drivers).run(plan) { _ in }
        }
        fleet.edit { $0[name("kvm2")]?.isUnreachable = false }
        var wanted = main
        wanted.nodes[name("kvm1")]?.state = .maintenance
        if knowsFile {
            var used = try #require(web.instances[name("fe")])
            used.isManaged = false
            wanted.instances[used.name] = used
        }
        let seen = fleet.observe(wanted)
        let plan = Planner.plan(wanted, inputs: inputs(wanted), fleet: seen)
        #expect(plan.changes.contains { $0.action == .migrate && $0.object.name == "one" && $0.blocked == nil })
        let refusal = try #require(plan.refusals.first)
        #expect(refusal.object == ObjectReference(.node, "kvm1", on: nil))
        #expect(
            refusal.reason
                == "it is in maintenance but not empty: part web, which this run does not apply, still has fe on it")
        #expect(refusal.remedy.contains(knowsFile ? "kvmctl apply -f spec.yaml" : "the file of part web"))
        #expect(PlanChecker.violations(in: plan, of: wanted, fleet: seen, intent: .apply(deleteData: false)).isEmpty)
        _ = await Executor(drivers: fleet.drivers).run(plan) { _ in }
        var other = web
        other.nodes[name("kvm1")]?.state = .maintenance
        let second = Planner.plan(other, inputs: inputs(other), fleet: fleet.observe(other))
        _ = await Executor(drivers: fleet.drivers).run(second) { _ in }
        #expect(second.refusals.isEmpty)
        #expect(Planner.plan(wanted, inputs: inputs(wanted), fleet: fleet.observe(wanted)).refusals.isEmpty)
    }

    @Test("A node that left the spec is not empty while any part has something there")
    func removed() async throws {
        let main = try cluster(Self.text("main", "one", ", node: kvm1"))
        let web = try cluster(Self.text("web", "fe", ", node: kvm2"))
        let fleet = FakeFleet(ClusterIdentity(main), [FakeNode(name("kvm1")), FakeNode(name("kvm2"))])
        for spec in [main, web] {
            let plan = Planner.plan(spec, inputs: inputs(spec), fleet: fleet.observe(spec))
            _ = await Executor(drivers: fleet.drivers).run(plan) { _ in }
        }
        var wanted = main
        wanted.nodes[name("kvm2")] = nil
        let plan = Planner.plan(wanted, inputs: inputs(wanted), fleet: fleet.observe(wanted))
        #expect(plan.refusals.contains { $0.stopsEverything && $0.reason.contains("still has fe") })
    }
}
