import Reconciler
import Spec

/// A plan as text with everything that is decided in it, for golden files.
func planText(_ plan: Plan) -> String {
    var lines: [String] = []
    for change in plan.changes {
        lines.append("\(change.action.symbol) \(change.object): \(change.reason)")
        lines += change.fields.map { field in
            "    \(field.path): \(field.old ?? "nothing") -> \(field.new ?? "nothing") (\(field.effect.rawValue), \(field.origin.rawValue))"
        }
        lines += change.details.map { "    \($0)" }
        if let blocked = change.blocked { lines.append("    not now: \(blocked)") }
    }
    for refusal in plan.refusals {
        lines.append("! \(refusal.object): \(refusal.reason)")
        lines.append("    remedy: \(refusal.remedy)\(refusal.stopsEverything ? " (stops everything)" : "")")
    }
    for entry in plan.unreachableNodes {
        lines.append("? \(entry.node): \(entry.cause.summary); holds \(entry.held.map(\.text))")
    }
    lines += plan.notes.map { "i \($0)" }
    if !plan.steps.isEmpty { lines.append("steps:") }
    for step in plan.steps {
        let requires = step.requires.isEmpty ? "" : " <- \(step.requires.map(\.text).joined(separator: ", "))"
        let after = step.after.isEmpty ? "" : " after \(step.after.map(\.text).joined(separator: ", "))"
        lines.append("  \(step.id)\(requires)\(after)")
    }
    return lines.joined(separator: "\n") + "\n"
}
