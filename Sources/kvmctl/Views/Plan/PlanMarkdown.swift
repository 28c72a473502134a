import Reconciler
import Spec

/// A plan as Markdown, for the comment that a pipeline leaves on a merge request.
struct PlanMarkdown {
    private let plan: Plan

    init(_ view: PlanView) {
        plan = view.plan
    }

    var text: String {
        var lines = ["### \(PlanMarkdown.escaped("\(plan.cluster.name): \(PlanSummary(plan).sentence)"))", ""]
        if !plan.changes.isEmpty {
            lines += ["| | object | node | reason |", "|---|---|---|---|"]
            lines += plan.changes.map(row)
            lines.append("")
        }
        lines += list(
            "Refused",
            RefusalGroup.groups(of: plan.refusals).map { "\($0.title): \($0.reason). \($0.refusal.remedy)" })
        lines += list(
            "Unreachable",
            plan.unreachableNodes.map {
                "\($0.node): \($0.cause.summary(behind: $0.node)). \($0.cause.remedy); \(PlanText.consequence(of: $0))"
            }
        )
        lines += list("Unknown", plan.unknowns.map { "\($0.object): \($0.reason)" })
        lines += list("Notes", plan.notices.map(\.text))
        if let explanation = plan.explanation {
            lines += list(
                "Placement of \(explanation.instance)",
                [explanation.outcome] + explanation.candidates.map(PlanMarkdown.candidate)
                    + [PlacementExplanation.rule])
        }
        while lines.last == "" { lines.removeLast() }
        return lines.joined(separator: "\n") + "\n"
    }

    private func row(_ change: Change) -> String {
        var why = [PlanMarkdown.escaped(change.reason)]
        why += change.fields.map {
            PlanMarkdown.escaped(
                "\($0.path): \($0.old ?? "(none)") → \($0.new ?? "(none)") (\($0.effect.rawValue), \($0.origin.rawValue))"
            )
        }
        why += change.details.map(PlanMarkdown.escaped)
        if let blocked = change.blocked { why.append(PlanMarkdown.escaped("cannot be changed yet: \(blocked)")) }
        let object = PlanMarkdown.escaped("\(change.object.kind.rawValue)/\(change.object.name)")
        let node = PlanMarkdown.escaped(change.object.node?.text ?? "")
        let action = "\(change.action.symbol) \(change.action.rawValue)"
        return "| \(action) | \(object) | \(node) | \(why.joined(separator: "<br>")) |"
    }

    private static func candidate(_ candidate: PlacementExplanation.Candidate) -> String {
        switch candidate.verdict {
        case .fits(let score, let cpu, let memory):
            "\(candidate.node): score \(PlacementDecision.text(score)), CPU free \(PlacementDecision.text(cpu)), "
                + "memory free \(PlacementDecision.text(memory))"
        case .rejected(let why): "\(candidate.node): ruled out: \(why)"
        }
    }

    private func list(_ title: String, _ items: [String]) -> [String] {
        guard !items.isEmpty else { return [] }
        return ["**\(title)**", ""] + items.map { "- " + PlanMarkdown.escaped($0) } + [""]
    }

    /// Text that Markdown and HTML show as it is.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in Printable.escaped(text) {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "|", "*", "_", "`", "[", "]", "\\", "@", "#": result += "\\\(character)"
            default: result.append(character)
            }
        }
        return result
    }
}
