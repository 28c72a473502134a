import Formats
import Reconciler
import Spec

/// Describes things of one look at the fleet.
struct Describer {
    let cluster: Cluster
    let inputs: Inputs
    let fleet: ObservedFleet
    /// What an apply would do now.
    let plan: Plan

    var identity: ClusterIdentity { ClusterIdentity(cluster) }

    /// What the plan says of a thing: changes with their fields, refusals, and notes that name it.
    func pending(_ kind: ObjectReference.Kind, _ name: String) -> (
        chapter: Description.Chapter, value: StructuredValue
    ) {
        let changes = plan.changes.filter { $0.object.kind == kind && $0.object.name == name }
        let refusals = plan.refusals.filter { $0.object.kind == kind && $0.object.name == name }
        var rows: [[Span]] = []
        for change in changes {
            rows.append([
                Span("\(change.action.symbol) \(change.action.rawValue)", change.action.ink), Span(change.reason),
                Span(change.blocked.map { "cannot be changed yet: \($0)" } ?? ""),
            ])
            rows += change.fields.map { field in
                [
                    Span("  \(field.path)"), Span("\(field.old ?? "(none)") → \(field.new ?? "(none)")"),
                    Span("\(field.effect.rawValue), \(field.origin.rawValue)"),
                ]
            }
        }
        for refusal in refusals {
            rows.append([Span("! refused", .alarm), Span(refusal.reason), Span(refusal.remedy)])
        }
        let document = PlanDocument(
            PlanView(Plan(cluster: plan.cluster, changes: changes, refusals: refusals), parts: []))
        return (Description.Chapter(title: "Changes by an apply", head: [], rows: rows), document.pending)
    }
}
