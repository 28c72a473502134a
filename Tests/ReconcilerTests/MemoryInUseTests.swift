import Reconciler
import Spec
import TestNames
import Testing

/// Taking memory away from a guest that uses it.
@Suite struct MemoryInUseTests {
    private static func spec(_ memory: String) throws -> Cluster {
        try cluster(of: "{web: {image: disk, vcpus: 1, memory: \(memory), disk: 3GiB}}")
    }

    @Test(
        "Less than a guest uses is refused, and a figure that is not of now is called by its age",
        arguments: [
            (nil, "uses"), (61, "last reported, a minute ago, that it uses"),
            (119, "last reported, a minute ago, that it uses"),
            (120, "last reported, 2 minutes ago, that it uses"),
            (7_199, "last reported, 119 minutes ago, that it uses"),
            (7_200, "last reported, 2 hours ago, that it uses"),
        ] as [(Int?, String)])
    func refused(age: Int?, words: String) async throws {
        let before = try Self.spec("1GiB")
        let fleet = await FakeFleet.having(before)
        fleet.edit { nodes in
            for uuid in nodes[name("kvm1")]?.domains.keys.map(\.self) ?? [] {
                nodes[name("kvm1")]?.domains[uuid]?.running?.usedMemory = .mebibytes(700)
                nodes[name("kvm1")]?.domains[uuid]?.running?.usedMemoryAge = age.map { .seconds($0) }
            }
        }
        let after = try Self.spec("512MiB")
        let plan = Planner.plan(after, inputs: inputs(after), fleet: fleet.observe(after))
        let refusal = try #require(plan.refusals.first, "\(planText(plan))")
        #expect(refusal.reason == "its guest \(words) 700MiB, which is more than 512MiB")
        // What makes later figures new ones is of no use to a guest that gives them already.
        #expect(refusal.remedy.contains("dommemstat demo.web --period 10") == (age != nil))
        #expect(!plan.steps.contains { if case .update = $0.operation { true } else { false } })
        let enough = try Self.spec("701MiB")
        #expect(Planner.plan(enough, inputs: inputs(enough), fleet: fleet.observe(enough)).refusals.isEmpty)
    }
}
