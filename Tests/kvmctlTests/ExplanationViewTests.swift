import ArgumentParser
import Reconciler
import Spec
import Testing

@testable import kvmctl

struct ExplanationViewTests {
    @Test("an explanation is a table of nodes, as they would be chosen")
    func table() throws {
        var plan = Plan(cluster: try Samples.cluster())
        plan.explanation = PlacementExplanation(
            instance: try Samples.name("web-1"), home: nil, node: try Samples.name("kvm2"),
            outcome: "it is placed on kvm2: score 0.750, next kvm1 0.325",
            candidates: [
                .init(node: try Samples.name("kvm2"), verdict: .fits(score: 0.75, cpu: 0.75, memory: 0.75)),
                .init(node: try Samples.name("kvm1"), verdict: .fits(score: 0.325, cpu: 0.25, memory: 0.5)),
                .init(node: try Samples.name("kvm3"), verdict: .rejected("its state is cordoned")),
            ])
        let view = PlanView(plan, parts: [try Samples.name("main")])
        #expect(
            view.render(.text, style: .plain) == """
                Placement of instance/web-1

                  it is placed on kvm2: score 0.750, next kvm1 0.325

                     NODE  SCORE  CPU FREE  MEMORY FREE  RULED OUT BY
                  →  kvm2  0.750  0.750     0.750
                     kvm1  0.325  0.250     0.500
                     kvm3  -      -         -            its state is cordoned

                  score = 0.7 × free CPU share + 0.3 × free memory share after placement; the highest wins, then the name

                Nothing to do.

                """)
        let json = view.render(.json, style: .plain)
        #expect(json.contains("\"ruledOut\": \"its state is cordoned\""))
        #expect(json.contains("\"score\": \"0.325\""))
    }

    @Test("--rebalance may have a threshold")
    func spelledOut() throws {
        #expect(BalanceOptions.spelledOut(["plan", "--rebalance"]) == ["plan", "--rebalance"])
        #expect(
            BalanceOptions.spelledOut(["plan", "--rebalance=30%", "-f", "x"])
                == ["plan", "--rebalance", "--rebalance-threshold", "30%", "-f", "x"])
        #expect(BalanceOptions.spelledOut(["ssh", "--", "--rebalance=1"]) == ["ssh", "--", "--rebalance=1"])
        #expect(try BalanceOptions.parse(["--rebalance"]).threshold == 0.2)
        #expect(try BalanceOptions.parse(["--rebalance", "--rebalance-threshold", "5%"]).threshold == 0.05)
        #expect(try BalanceOptions.parse([]).threshold == nil)
        #expect(throws: (any Error).self) { try BalanceOptions.parse(["--rebalance-threshold", "0"]) }
    }
}
