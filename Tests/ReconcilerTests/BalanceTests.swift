import Reconciler
import SeededRandomness
import Spec
import TestNames
import Testing

/// Moves for a better balance, which only happen where they are asked for.
@Suite struct BalanceTests {
    /// `b` was down when everything was placed, so all is on `a`: 4 of 8 vCPUs and 4 of 8 GiB.
    static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes:
          a: {address: 10.0.0.1, capacity: {vcpus: 8, memory: 8GiB}, overcommit: {vcpus: 1, memory: 1}}
          b: {address: 10.0.0.2, capacity: {vcpus: 8, memory: 8GiB}, overcommit: {vcpus: 1, memory: 1}}
        images: {disk: {source: disk.qcow2}}
        instances:
          one: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB}
          pinned: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB, node: a}
          two: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB}
          three: {image: disk, vcpus: 1, memory: 1GiB, disk: 3GiB}
        """

    @Test("all on one node: two of four go, the pinned one stays, and then nothing more moves")
    func halves() async throws {
        let wanted = try cluster(Self.spec)
        let fleet = FakeFleet(ClusterIdentity(wanted), [FakeNode(name("a")), FakeNode(name("b"))])
        let early = try cluster(Self.spec.replacing("10.0.0.2,", with: "10.0.0.2, state: cordoned,"))
        await apply(early, nil, fleet)
        func plan(_ balance: Double?) -> Plan {
            let seen = fleet.observe(wanted)
            let plan = Planner.plan(
                wanted, inputs: inputs(wanted), fleet: seen, options: PlanningOptions(balance: balance))
            #expect(
                PlanChecker.violations(in: plan, of: wanted, fleet: seen, intent: .apply(deleteData: false)).isEmpty)
            return plan
        }
        #expect(plan(nil).isEmpty)
        #expect(plan(0.6).isEmpty)
        let balanced = plan(0.2)
        #expect(
            balanced.changes.filter { $0.object.kind == .instance }.map {
                "\($0.action.symbol) \($0.object): \($0.reason)"
            } == [
                "→ instance/one on a: to balance the load: afterwards a is 25 % full and b 25 %",
                "→ instance/three on a: to balance the load: afterwards a is 25 % full and b 25 %",
            ])
        await apply(wanted, 0.2, fleet)
        #expect(plan(0.2).isEmpty)
        #expect(plan(0.01).isEmpty)
    }

    /// Whatever a world is like, applied until nothing is left to do, balanced, and planned again: nothing moves.
    @Test("balancing ends, keeps to every rule, and has nothing to do afterwards", arguments: [0.01, 0.1])
    func worlds(threshold: Double) async {
        var moved = 0
        for seed in seeds(200) {
            let world = await World.make(seed: seed)
            var cluster = world.cluster
            for (name, node) in cluster.nodes where node.state != .cordoned { cluster.nodes[name]?.state = .active }
            let fleet = world.fleet.copy
            fleet.edit { nodes in for name in nodes.keys { nodes[name]?.isUnreachable = false } }
            for _ in 0..<5 {
                let plan = Planner.plan(cluster, inputs: world.inputs, fleet: fleet.observe(cluster))
                if plan.steps.isEmpty { break }
                _ = await Executor(drivers: fleet.drivers, limits: .init(perNode: 1, overall: 1)).run(plan) { _ in }
            }
            // What cannot be done now may be once something moved.
            let rest = Planner.plan(cluster, inputs: world.inputs, fleet: fleet.observe(cluster))
            guard rest.steps.isEmpty, rest.changes.allSatisfy({ $0.blocked != nil }), rest.refusals.isEmpty else {
                continue
            }
            let options = PlanningOptions(balance: threshold)
            let plan = Planner.plan(cluster, inputs: world.inputs, fleet: fleet.observe(cluster), options: options)
            let violations = PlanChecker.violations(
                in: plan, of: cluster, fleet: fleet.observe(cluster), intent: .apply(deleteData: false))
            #expect(violations.isEmpty, "seed \(seed): \(violations)")
            moved += plan.changes.count { $0.action == .migrate && $0.blocked == nil }
            let report = await Executor(drivers: fleet.drivers, limits: .init(perNode: 1, overall: 1)).run(plan) { _ in
            }
            let failed = report.outcomes.filter { !$0.1.isSuccess }.map(\.0.id.text)
            #expect(failed.isEmpty, "seed \(seed): \(failed)")
            let again = Planner.plan(cluster, inputs: world.inputs, fleet: fleet.observe(cluster), options: options)
            if !again.steps.isEmpty { Issue.record("seed \(seed): \(planText(again))") }
            let plain = Planner.plan(cluster, inputs: world.inputs, fleet: fleet.observe(cluster))
            if !plain.steps.isEmpty { Issue.record("seed \(seed): \(planText(plain))") }
        }
        print("balance \(threshold): \(moved) moves in \(seeds(200).count) worlds")
        #expect(moved > seeds(200).count / 40)
    }

    private func apply(_ cluster: Cluster, _ balance: Double?, _ fleet: FakeFleet) async {
        let plan = Planner.plan(
            cluster, inputs: inputs(cluster), fleet: fleet.observe(cluster), options: PlanningOptions(balance: balance))
        _ = await Executor(drivers: fleet.drivers, limits: .init(perNode: 1, overall: 1)).run(plan) { _ in }
    }
}
