import Reconciler
import Spec
import TestNames
import Testing

/// Why an instance goes where it does, worked by hand: 4 vCPUs and 8 GiB on each node, one instance of 1 and 2.
@Suite struct ExplanationTests {
    static let spec = """
        apiVersion: kvmctl/v1
        cluster: demo
        nodes:
          a: {address: 10.0.0.1, labels: {rack: one}, capacity: {vcpus: 4, memory: 8GiB}, overcommit: {vcpus: 1, memory: 1}}
          b: {address: 10.0.0.2, labels: {rack: two}, capacity: {vcpus: 4, memory: 8GiB}, overcommit: {vcpus: 1, memory: 1}}
          c: {address: 10.0.0.3, state: cordoned}
          d: {address: 10.0.0.4, capacity: {vcpus: 4, memory: 1GiB}}
        images: {disk: {source: disk.qcow2}}
        instances:
          first: {image: disk, vcpus: 2, memory: 2GiB, disk: 3GiB, placement: {where: {rack: one}}}
          second: {image: disk, vcpus: 1, memory: 2GiB, disk: 3GiB}
        """

    private func lines(_ explanation: PlacementExplanation?) -> [String] {
        explanation?.candidates.map { candidate in
            switch candidate.verdict {
            case .fits(let score, let cpu, let memory):
                "\(candidate.node) " + [score, cpu, memory].map(PlacementDecision.text).joined(separator: " ")
            case .rejected(let why): "\(candidate.node) \(why)"
            }
        } ?? []
    }

    private func fleet(_ cluster: Cluster) -> FakeFleet {
        FakeFleet(ClusterIdentity(cluster), cluster.nodes.keys.sorted().map { FakeNode($0) })
    }

    @Test("a new instance's nodes are scored as its turn comes, and each hard limit is named")
    func new() throws {
        let cluster = try cluster(Self.spec)
        let plan = Planner.plan(
            cluster, inputs: inputs(cluster), fleet: fleet(cluster).observe(cluster),
            options: PlanningOptions(explained: name("second")))
        #expect(
            lines(plan.explanation) == [
                "b 0.750 0.750 0.750", "a 0.325 0.250 0.500", "c its state is cordoned",
                "d insufficient capacity: 1024MiB of 1024MiB memory free, 2048MiB needed",
            ])
        #expect(plan.explanation?.outcome == "it is placed on b: score 0.750, next a 0.325")
        let labelled = Planner.plan(
            cluster, inputs: inputs(cluster), fleet: fleet(cluster).observe(cluster),
            options: PlanningOptions(explained: name("first")))
        #expect(lines(labelled.explanation).contains("b its label rack is two, but must be one"))
        var other = plan
        other.explanation = nil
        #expect(other == Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet(cluster).observe(cluster)))
    }

    @Test("an instance that is there stays for a better score, and moves for a rule")
    func present() async throws {
        let cluster = try cluster(Self.spec)
        let fleet = fleet(cluster)
        let first = Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet.observe(cluster))
        _ = await Executor(drivers: fleet.drivers, limits: .init()).run(first) { _ in }
        let options = PlanningOptions(explained: name("first"))
        func explained(_ cluster: Cluster) -> PlacementExplanation? {
            Planner.plan(cluster, inputs: inputs(cluster), fleet: fleet.observe(cluster), options: options).explanation
        }
        let stays = explained(cluster)
        #expect(stays?.outcome == "it stays on a: a better score alone causes no migration")
        #expect(lines(stays).first == "a 0.575 0.500 0.750")
        #expect(lines(stays).contains("b the label rack of b is two, but must be one"))
        let edited = try ReconcilerTests.cluster(Self.spec.replacing("where: {rack: one}", with: "where: {rack: two}"))
        let moves = explained(edited)
        #expect(moves?.outcome == "it is migrated from a to b: the label rack of a is one, but must be two")
        #expect(lines(moves).first == "b 0.250 0.250 0.500" || lines(moves).first?.hasPrefix("b ") == true)
    }

}
