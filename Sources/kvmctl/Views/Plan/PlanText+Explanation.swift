import Reconciler
import Spec

extension PlanText {
    /// Why an instance goes where it does: a row for each node, as they would be chosen.
    static func add(_ explanation: PlacementExplanation, to page: inout Page) {
        page.gap()
        page.add("Placement of instance/\(explanation.instance)", .strong)
        page.gap()
        page.add(Line([Span("  "), Span(explanation.outcome)], hang: 4))
        guard !explanation.candidates.isEmpty else { return }
        page.gap()
        page.add(Columns.lines([header] + explanation.candidates.map { row($0, in: explanation) }, indent: 2))
        page.gap()
        page.add(Line([Span("  "), Span(PlacementExplanation.rule, .quiet)], hang: 4))
    }

    private static var header: [Span] {
        ["", "NODE", "SCORE", "CPU FREE", "MEMORY FREE", "RULED OUT BY"].map { Span($0, .quiet) }
    }

    private static func row(
        _ candidate: PlacementExplanation.Candidate, in explanation: PlacementExplanation
    ) -> [Span] {
        let isChosen = candidate.node == explanation.node
        let name = [Span(isChosen ? "→" : ""), Span(candidate.node.text, .strong)]
        switch candidate.verdict {
        case .fits(let score, let cpu, let memory):
            return name + [score, cpu, memory].map { Span(PlacementDecision.text($0)) }
                + [Span(candidate.node == explanation.home ? "(current node)" : "", .quiet)]
        case .rejected(let why):
            return name + [Span("-"), Span("-"), Span("-"), Span(why)]
        }
    }
}
