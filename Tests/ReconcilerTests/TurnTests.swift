import Roles
import SeededRandomness
import Spec
import TestNames
import TestRoles
import Testing

@testable import Reconciler

/// In which order instances boot, change and are away, by what their roles refer to.
@Suite("Turns of instances") struct TurnTests {
    private static let size = "image: disk, memory: 1GiB, disk: 3GiB, ready: running"

    private func web(vcpus: Int, store: Int = 2, count: Int = 2, _ more: String = "") throws -> Cluster {
        let group = "web: {\(Self.size), vcpus: \(vcpus), count: \(count)\(more)}"
        var spec = try cluster(of: "{\(group), zstore: {\(Self.size), vcpus: \(store)}}")
        spec.probe("zstore")
        spec.probe("web", members("zstore"))
        return spec
    }

    private func members(_ target: String) -> RoleReference {
        .members(of: name(target), network: name("lan"), port: nil, waits: true)
    }

    private func plan(_ wanted: Cluster, on fleet: FakeFleet) -> Plan {
        let seen = fleet.observe(wanted)
        let plan = Planner.plan(wanted, inputs: inputs(wanted), fleet: seen)
        let defects = PlanChecker.violations(in: plan, of: wanted, fleet: seen, intent: .apply(deleteData: false))
        #expect(defects.map(\.description) == [], "\(planText(plan))")
        return plan
    }

    private func edges(_ plan: Plan, _ step: String) throws -> (requires: [String], after: [String]) {
        let found = try #require(
            plan.steps.first { $0.id.text == "kvm1/instance/\(step)" }, "no \(step) in \(planText(plan))")
        let short = { (id: StepID) in String(id.text.dropFirst("kvm1/instance/".count)) }
        return (found.requires.map(short), found.after.map(short))
    }

    @Test("Where all reboot without KVM, the store is first, and a member has its roles before the next one goes")
    func circleOfOldOrder() async throws {
        let fleet = await FakeFleet.having(try web(vcpus: 2))
        let wanted = try web(vcpus: 1, store: 1)
        let roll = plan(wanted, on: fleet)
        #expect(try edges(roll, "zstore/start").after == [])
        #expect(try edges(roll, "web-1/start").after == ["zstore/ready"])
        #expect(try edges(roll, "web-2/start").after == ["web-1/ready"])
        #expect(try edges(roll, "web-1/probe/app").requires == ["web-1/ready", "web-1/record", "zstore/probe/app"])
        #expect(try edges(roll, "web-1/stop-for-reboot").requires == ["web-1/record"])
        #expect(try edges(roll, "web-2/stop-for-reboot").requires == ["web-2/record", "web-1/probe/app"])
        let report = await Executor(drivers: fleet.drivers).run(roll) { _ in }
        #expect(report.outcomes.allSatisfy { $0.outcome.isSuccess })
        #expect(plan(wanted, on: fleet).isEmpty && fleet.unexpected == [])
    }

    @Test("A new store boots before the members that are there and refer to it now")
    func newStore() async throws {
        var applied = try web(vcpus: 2)
        applied.instances[name("zstore")] = nil
        applied.probe("web")
        let fleet = await FakeFleet.having(applied)
        let roll = plan(try web(vcpus: 1), on: fleet)
        #expect(try edges(roll, "web-1/start").after == ["zstore/ready"])
        #expect(try edges(roll, "web-1/probe/app").requires.contains("zstore/probe/app"))
        #expect(try edges(roll, "zstore/start").after == [])
    }

    @Test("A member whose role only changes waits for those that reboot to have their roles")
    func rolesAndReboots() async throws {
        let fleet = await FakeFleet.having(try web(vcpus: 2, count: 3))
        var wanted = try web(vcpus: 2, count: 3)
        wanted.probe("web", number: 2)
        wanted.instances[name("web-2")]?.vcpus = 1
        let roll = plan(wanted, on: fleet)
        #expect(try edges(roll, "web-2/stop-for-reboot").requires == ["web-2/record"])
        #expect(try edges(roll, "web-1/probe/app").requires == ["web-2/probe/app"])
        #expect(try edges(roll, "web-3/probe/app").requires == ["web-1/probe/app"])
    }

    @Test("With a window of two no third member changes while two are away")
    func windowOfTwo() async throws {
        let window = ", rollout: {maxUnavailable: 2}"
        let fleet = await FakeFleet.having(try web(vcpus: 2, count: 4, window))
        var wanted = try web(vcpus: 2, count: 4, window)
        wanted.probe("web", number: 2)
        for member in ["web-3", "web-4"] { wanted.instances[name(member)]?.vcpus = 1 }
        let roll = plan(wanted, on: fleet)
        #expect(try edges(roll, "web-4/stop-for-reboot").requires == ["web-4/record"])
        #expect(try edges(roll, "web-1/probe/app").requires == ["web-3/probe/app"])
        #expect(try edges(roll, "web-2/probe/app").requires == ["web-4/probe/app"])
    }

    @Test("A member that others wait for comes first in its group, whatever the others do")
    func ranksInGroup() async throws {
        func spec(_ third: Int, number: Int) throws -> Cluster {
            var spec = try web(vcpus: 2, count: 3)
            spec.probe("web-1", number: number)
            spec.probe("zstore", number: number, members("web-1"))
            for member in ["web-2", "web-3"] { spec.probe(member, number: number, members("zstore")) }
            spec.instances[name("web-3")]?.vcpus = third
            return spec
        }
        let fleet = await FakeFleet.having(try spec(2, number: 1))
        let roll = plan(try spec(1, number: 2), on: fleet)
        #expect(try edges(roll, "web-1/probe/app").requires == [])
        #expect(try edges(roll, "zstore/probe/app").requires == ["web-1/probe/app"])
        #expect(try edges(roll, "web-3/stop-for-reboot").requires == ["web-3/record", "web-1/probe/app"])
        #expect(try edges(roll, "web-2/probe/app").requires == ["zstore/probe/app", "web-3/probe/app"])
    }

    @Test("Random stacks take their turns, in whatever order they refer to each other", arguments: seeds(150))
    func random(seed: UInt64) async throws {
        var stack = try Stack(seed: seed)
        let fleet = FakeFleet(ClusterIdentity(stack.cluster), stack.nodes.map { FakeNode($0) })
        let executor = Executor(drivers: fleet.drivers)
        _ = await executor.run(plan(stack.cluster, on: fleet)) { _ in }
        try stack.change()
        let roll = plan(stack.cluster, on: fleet)
        #expect(awayAtOnce(roll, of: stack.cluster) == [])
        let kind = seed % 2 == 0 ? Fault.Kind.failed : .killedAfterEffect
        fleet.begin(Fault(kind: kind, step: Int(seed) % max(1, roll.steps.count)))
        _ = await executor.run(roll) { _ in }
        for _ in 0..<3 {
            fleet.begin()
            let next = plan(stack.cluster, on: fleet)
            #expect(awayAtOnce(next, of: stack.cluster) == [])
            _ = await executor.run(next) { _ in }
        }
        #expect(plan(stack.cluster, on: fleet).isEmpty, "\(planText(plan(stack.cluster, on: fleet)))")
        #expect(fleet.unexpected == [])
    }

    /// The groups of which more members would be away at once than may be.
    ///
    /// One is away from its stop, or the first change of a role, until it is ready and its last role is changed.
    private func awayAtOnce(_ plan: Plan, of cluster: Cluster) -> [String] {
        let graph = StepGraph(plan.steps)
        var turns: [Name: [Name: (first: Int, last: Int)]] = [:]
        for (index, step) in plan.steps.enumerated() {
            guard let name = Name(step.object.name), let group = cluster.instances[name]?.group else { continue }
            let isLeaving = step.id.text.hasSuffix("/stop-for-reboot")
            var isRole = false
            if case .role(let change) = step.operation { isRole = change.isInterrupting }
            let known = turns[group]?[name]
            if isLeaving || isRole && known == nil { turns[group, default: [:]][name] = (index, index) }
            if case .role = step.operation, let known { turns[group]?[name] = (known.first, index) }
            if step.operation.isReadyWait, let known { turns[group]?[name] = (known.first, index) }
        }
        return turns.compactMap { group, turns in
            let member = cluster.instances.values.first { $0.group == group }
            guard let window = member?.changes.maxUnavailable else { return nil }
            let firsts = Dictionary(uniqueKeysWithValues: turns.values.map { ($0.last, $0.first) })
            let atOnce = PlanChecker.queues(of: firsts.keys.sorted()) { last in
                graph.ancestors(of: firsts[last] ?? last, along: .all).filter { firsts[$0] != nil }.sorted(by: >)
            }
            return atOnce > window ? "\(atOnce) of \(group)" : nil
        }
    }
}
