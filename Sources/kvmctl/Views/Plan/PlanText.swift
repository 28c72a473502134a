import Reconciler
import Spec
import YAML

/// A plan as text for people.
///
/// What will be done comes first and what will not be done after it, each with its reason; the last line is the
/// whole in numbers.
struct PlanText {
    private let plan: Plan
    private let parts: [Name]

    init(_ view: PlanView) {
        plan = view.plan
        parts = view.parts
    }

    var page: Page {
        var page = Page()
        addChanges(to: &page)
        addRefusals(to: &page)
        addUnreachableNodes(to: &page)
        addUnknowns(to: &page)
        addNotices(to: &page)
        if let explanation = plan.explanation { PlanText.add(explanation, to: &page) }
        page.gap()
        page.add(PlanSummary(plan).sentence, .strong)
        return page
    }

    /// The changes, those that cannot be carried out now behind the others.
    private func addChanges(to page: inout Page) {
        let blocked = plan.changes.filter { $0.blocked != nil }
        let carriedOut = plan.changes.filter { $0.blocked == nil }
        let widths = Columns.widths((carriedOut + blocked).map(PlanText.head))
        if !carriedOut.isEmpty {
            page.add(Line([Span("Cluster \(plan.cluster.name), \(partNames)", .strong)]))
            page.gap()
            for change in carriedOut { add(change, widths: widths, to: &page) }
        }
        if !blocked.isEmpty {
            page.gap()
            page.add("Cannot be changed yet", .strong)
            page.gap()
            for change in blocked { add(change, widths: widths, to: &page) }
        }
    }

    private var partNames: String {
        (parts.count == 1 ? "part " : "parts ") + parts.map(\.text).joined(separator: ", ")
    }

    /// Symbol and verb, object, node, reason.
    private static func head(_ change: Change) -> [Span] {
        [
            Span("\(change.action.symbol) \(change.action.rawValue)", change.action.ink),
            Span("\(change.object.kind.rawValue)/\(change.object.name)", .strong),
            Span(change.object.node?.text ?? ""),
            Span(change.fields.isEmpty && change.origin == .drift ? "\(change.reason) (drift)" : change.reason, .quiet),
        ]
    }

    private func add(_ change: Change, widths: [Int], to page: inout Page) {
        page.add(Columns.lines([PlanText.head(change)], indent: 2, atLeast: widths))
        let indent = 2 + (widths.first ?? 0) + 2
        page.add(Columns.lines(change.fields.map { PlanText.row($0) }, indent: indent))
        for detail in change.details { page.add(detail, indent: indent) }
        if let blocked = change.blocked {
            page.add("cannot be changed yet: \(blocked)", indent: indent)
        }
    }

    /// Path, values, effect, who moved, where it is written.
    private static func row(_ field: FieldChange) -> [Span] {
        [
            Span(field.path),
            Span("\(field.old ?? "(none)") → \(field.new ?? "(none)")"),
            Span(field.effect.rawValue, [.replace, .reboot, .restart].contains(field.effect) ? .removal : .change),
            Span(field.origin.rawValue),
            Span(field.position?.description ?? "", .quiet),
        ]
    }

    private func addRefusals(to page: inout Page) {
        guard !plan.refusals.isEmpty else { return }
        page.gap()
        page.add("Refused", .alarm)
        page.gap()
        for group in RefusalGroup.groups(of: plan.refusals) {
            let refusal = group.refusal
            page.add(
                Line(
                    [Span("  ! ", .alarm), Span(group.title, .strong), Span(": \(group.reason)")],
                    hang: 6))
            page.add(refusal.remedy, indent: 6)
            for position in group.positions { page.add(position.description, .quiet, indent: 6) }
            if refusal.stopsEverything { page.add("nothing else is done until this is resolved", indent: 6) }
        }
    }

    private func addUnreachableNodes(to page: inout Page) {
        guard !plan.unreachableNodes.isEmpty else { return }
        page.gap()
        page.add("Unreachable", .alarm)
        page.gap()
        for unreachable in plan.unreachableNodes {
            page.add(
                Line(
                    [
                        Span("  ? ", .alarm), Span("node/\(unreachable.node)", .strong),
                        Span(": \(unreachable.cause.summary(behind: unreachable.node))"),
                    ],
                    hang: 6))
            page.add(unreachable.cause.remedy, indent: 6)
            page.add(PlanText.consequence(of: unreachable), indent: 6)
        }
    }

    private func addUnknowns(to page: inout Page) {
        guard !plan.unknowns.isEmpty else { return }
        page.gap()
        page.add("Unknown", .alarm)
        page.gap()
        for unknown in plan.unknowns {
            page.add(
                Line(
                    [Span("  ? ", .alarm), Span(unknown.object.description, .strong), Span(": \(unknown.reason)")],
                    hang: 6))
            if let position = unknown.position { page.add(position.description, .quiet, indent: 6) }
        }
    }

    /// What the unreachable of a node means for its instances.
    static func consequence(of unreachable: Plan.UnreachableEntry) -> String {
        guard !unreachable.held.isEmpty else { return "no instance is known to run there" }
        return "may be running \(unreachable.held.map(\.text).joined(separator: ", ")): not recreated elsewhere"
    }

    private func addNotices(to page: inout Page) {
        guard !plan.notices.isEmpty else { return }
        page.gap()
        page.add("Notes", .strong)
        page.gap()
        for notice in plan.notices { page.add(Line([Span("  · "), Span(notice.text)], hang: 4)) }
    }
}
