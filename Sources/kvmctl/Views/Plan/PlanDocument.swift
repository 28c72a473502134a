import Formats
import Reconciler
import Spec
import YAML

/// A plan for programs: format version 2, whose keys stay what they are.
///
/// In version 1 `unreachableNodes` was `silences`.
struct PlanDocument {
    private let plan: Plan
    private let parts: [Name]

    /// Goes up when a key changes its meaning or goes away; new keys do not change it.
    static let formatVersion: StructuredValue = 2

    init(_ view: PlanView) {
        plan = view.plan
        parts = view.parts
    }

    var value: StructuredValue {
        [
            "formatVersion": PlanDocument.formatVersion,
            "cluster": ["name": .text(plan.cluster.name.text), "id": .optional(plan.cluster.id)],
            "parts": .texts(parts.map(\.text)),
            "summary": summary,
            "changes": .list(plan.changes.map(PlanDocument.change)),
            "refusals": .list(plan.refusals.map(PlanDocument.refusal)),
            "unreachableNodes": .list(plan.unreachableNodes.map(PlanDocument.unreachable)),
            "unknowns": .list(plan.unknowns.map(PlanDocument.unknown)),
            "notices": .texts(plan.notices.map(\.text)),
            "steps": .list(plan.steps.map(PlanDocument.step)),
            "explanation": plan.explanation.map(PlanDocument.explanation) ?? .null,
        ]
    }

    private static func explanation(_ explanation: PlacementExplanation) -> StructuredValue {
        [
            "instance": .text(explanation.instance.text),
            "home": .optional(explanation.home?.text),
            "node": .optional(explanation.node?.text),
            "outcome": .text(explanation.outcome),
            "rule": .text(PlacementExplanation.rule),
            "candidates": .list(
                explanation.candidates.map { candidate in
                    switch candidate.verdict {
                    case .fits(let score, let cpu, let memory):
                        [
                            "node": .text(candidate.node.text), "score": .text(PlacementDecision.text(score)),
                            "cpuShare": .text(PlacementDecision.text(cpu)),
                            "memoryShare": .text(PlacementDecision.text(memory)), "ruledOut": .null,
                        ]
                    case .rejected(let why):
                        [
                            "node": .text(candidate.node.text), "score": .null, "cpuShare": .null,
                            "memoryShare": .null, "ruledOut": .text(why),
                        ]
                    }
                }),
        ]
    }

    /// The changes and refusals alone, for what shows them beside other things.
    var pending: StructuredValue {
        [
            "changes": .list(plan.changes.map(PlanDocument.change)),
            "refusals": .list(plan.refusals.map(PlanDocument.refusal)),
        ]
    }

    private var summary: StructuredValue {
        let summary = PlanSummary(plan)
        var entries = Action.allCases.map { action in
            let count = summary.counts.first { $0.action == action }?.count ?? 0
            return StructuredValue.Entry(action.rawValue, .count(count))
        }
        entries += [
            .init("blocked", .count(summary.blocked)), .init("refused", .count(summary.refused)),
            .init("unanswered", .count(summary.unanswered)),
            .init("unknownNodes", .texts(summary.unknown.map(\.text))), .init("deletions", .count(plan.deletionCount)),
            .init("isEmpty", .boolean(plan.isEmpty)), .init("text", .text(summary.sentence)),
        ]
        return .object(entries)
    }

    private static func unknown(_ unknown: Plan.Unknown) -> StructuredValue {
        [
            "object": object(unknown.object), "reason": .text(unknown.reason),
            "position": .optional(unknown.position?.description),
        ]
    }

    private static func change(_ change: Change) -> StructuredValue {
        [
            "action": .text(change.action.rawValue),
            "object": object(change.object),
            "reason": .text(change.reason),
            "origin": change.fields.isEmpty ? .text(change.origin.rawValue) : .null,
            "fields": .list(change.fields.map(field)),
            "details": .texts(change.details),
            "blocked": .optional(change.blocked),
            "position": position(change.position),
        ]
    }

    private static func field(_ field: FieldChange) -> StructuredValue {
        [
            "path": .text(field.path),
            "old": .optional(field.old),
            "new": .optional(field.new),
            "effect": .text(field.effect.rawValue),
            "origin": .text(field.origin.rawValue),
            "position": position(field.position),
        ]
    }

    private static func refusal(_ refusal: Plan.Refusal) -> StructuredValue {
        [
            "object": object(refusal.object),
            "reason": .text(refusal.reason),
            "remedy": .text(refusal.remedy),
            "stopsEverything": .boolean(refusal.stopsEverything),
            "position": position(refusal.position),
        ]
    }

    private static func unreachable(_ unreachable: Plan.UnreachableEntry) -> StructuredValue {
        [
            "node": .text(unreachable.node.text),
            "cause": .text(unreachable.cause.cause.rawValue),
            "summary": .text(unreachable.cause.summary),
            "remedy": .text(unreachable.cause.remedy),
            "mayHold": .texts(unreachable.held.map(\.text)),
        ]
    }

    /// A step as programs see it, here and in the events of a run.
    static func step(_ step: Step) -> StructuredValue {
        [
            "id": .text(step.id.text),
            "node": .text(step.node.text),
            "object": object(step.object),
            "operation": .text(step.operation.words.name),
            "text": .text(step.operation.words.item),
            "requires": .texts(step.requires.map(\.text)),
            "after": .texts(step.after.map(\.text)),
        ]
    }

    static func object(_ object: ObjectReference) -> StructuredValue {
        ["kind": .text(object.kind.rawValue), "name": .text(object.name), "node": .optional(object.node?.text)]
    }

    static func position(_ position: Position?) -> StructuredValue {
        guard let position else { return .null }
        guard position.line > 0 else { return ["file": .text(position.file), "line": .null, "column": .null] }
        return ["file": .text(position.file), "line": .count(position.line), "column": .count(position.column)]
    }
}
