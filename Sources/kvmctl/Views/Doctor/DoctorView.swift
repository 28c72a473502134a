import Engine
import Fleet
import Formats
import Spec

/// What a doctor found, for people and for programs.
struct DoctorView: Sendable {
    let cluster: Cluster
    let examinations: [NodeExamination]

    /// What the command ends with: warnings, and what could not be looked at, are no failure.
    var status: RunStatus {
        var found: Set<RunStatus> = [.success]
        for examination in examinations {
            if examination.isUnreachable {
                found.insert(.nodeUnreachable)
            } else if examination.checks.contains(where: { $0.verdict == .bad }) {
                found.insert(.failed)
            }
        }
        return RunStatus.first(of: found)
    }

    /// A line for each check, below a line for each node; the remedies stand below what they are for.
    func text(in style: Style) -> String {
        var page = Page()
        for examination in examinations {
            page.gap()
            page.add(Line([Span(examination.node.text, .strong), Span("  \(examination.address)", .quiet)]))
            let width = examination.checks.map(\.kind.rawValue.count).max() ?? 0
            for check in examination.checks {
                let head = "  \(DoctorView.sign(check.verdict)) "
                let ink: Ink? =
                    switch check.verdict {
                    case .good: nil
                    case .warning, .unknown: .change
                    case .bad: .alarm
                    }
                let indent = head.count + width + 2
                page.add(
                    Line(
                        [Span(head, ink), Span(check.kind.rawValue).padded(to: width + 2), Span(check.summary)],
                        hang: indent))
                if let remedy = check.remedy { page.add(remedy, .quiet, indent: indent) }
            }
        }
        page.gap()
        page.add(summary)
        return page.text(in: style)
    }

    private static func sign(_ verdict: NodeCheck.Verdict) -> String {
        switch verdict {
        case .good: "✓"
        case .warning: "!"
        case .bad: "✗"
        case .unknown: "?"
        }
    }

    /// The whole in a line.
    private var summary: String {
        let examined = examinations.filter { !$0.isSkipped }
        let skipped = examinations.filter(\.isSkipped).map(\.node.text)
        let rest = skipped.isEmpty ? "" : " Not contacted: \(skipped.joined(separator: ", "))."
        guard !examined.isEmpty else { return "No node was checked.\(rest)" }
        let checks = examined.flatMap(\.checks)
        let bad = checks.count { $0.verdict == .bad }
        let others = checks.count { $0.verdict == .warning || $0.verdict == .unknown }
        let nodes = "\(examined.count) node\(examined.count == 1 ? "" : "s")"
        guard bad + others > 0 else { return "No problems on \(nodes).\(rest)" }
        return "\(nodes): \(bad) to fix, \(others) to review.\(rest)"
    }

    /// The same for programs.
    var json: String {
        let nodes = examinations.map { examination -> StructuredValue in
            [
                "name": .text(examination.node.text), "address": .text(examination.address),
                "contacted": .boolean(!examination.isSkipped),
                "reachable": .boolean(!examination.isUnreachable && !examination.isSkipped),
                "checks": .list(
                    examination.checks.map { check in
                        [
                            "check": .text(check.kind.rawValue), "verdict": .text(check.verdict.rawValue),
                            "summary": .text(check.summary), "remedy": .optional(check.remedy),
                        ]
                    }),
            ]
        }
        let document: StructuredValue = ["formatVersion": PlanDocument.formatVersion, "nodes": .list(nodes)]
        return document.json
    }
}
