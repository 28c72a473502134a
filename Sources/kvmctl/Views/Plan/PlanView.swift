import Formats
import Reconciler
import Spec

/// A plan, shown.
struct PlanView {
    let plan: Plan
    /// The parts that the run speaks for.
    let parts: [Name]

    init(_ plan: Plan, parts: some Sequence<Name>) {
        self.plan = plan
        self.parts = parts.sorted()
    }

    /// The whole plan in one of the formats; the same plan gives the same bytes.
    func render(_ format: PlanFormat, style: Style) -> String {
        switch format {
        case .text: PlanText(self).page.text(in: style)
        case .json: PlanDocument(self).value.json
        case .markdown: PlanMarkdown(self).text
        }
    }
}
