import Spec

extension PlanGraph {
    /// The plan, in the order in which people should read it and in which its steps could run.
    func plan(_ decisions: Decisions, _ explanation: PlacementExplanation?) -> Plan {
        let order: [Action] = [.delete, .replace, .create, .migrate, .update, .stop, .start]
        let rank = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($1, $0) })
        let shown = findings.changes.enumerated().sorted { left, right in
            (rank[left.element.action] ?? 0, left.offset) < (rank[right.element.action] ?? 0, right.offset)
        }.map(\.element)
        let merged = PlanGraph.merged(shown)
        let stops = findings.refusals.contains(where: \.stopsEverything)
        var plan = Plan(
            cluster: decisions.identity, changes: merged,
            steps: stops ? [] : PlanGraph.sorted(resolved(hasManyNodes: decisions.answeredNames.count > 1)),
            refusals: findings.refusals, unreachableNodes: findings.unreachableNodes, notices: findings.notices)
        plan.unknowns = findings.unknowns
        plan.explanation = explanation
        plan.ownersDisks = decisions.classification.ownersDisks
        return plan
    }

    /// What is done to one thing by one action stands once, with all its fields.
    static func merged(_ changes: [Change]) -> [Change] {
        var merged: [Change] = []
        var places: [ObjectReference: Int] = [:]
        for change in changes {
            let isMergeable = change.action == .update && change.blocked == nil && change.object.kind == .instance
            guard isMergeable, let place = places[change.object] else {
                if isMergeable { places[change.object] = merged.count }
                merged.append(change)
                continue
            }
            let isSame = merged[place].reason == change.reason
            if !isSame { merged[place].reason += "; \(change.reason)" }
            merged[place].fields += change.fields
            merged[place].details += change.details
            if change.origin == .drift, merged[place].fields.isEmpty { merged[place].origin = .drift }
        }
        return merged
    }

    /// Steps after everything they wait for, otherwise in the order in which they were planned.
    static func sorted(_ steps: [Step]) -> [Step] {
        StepGraph(steps).order().map { steps[$0] }
    }
}
