import Spec

extension PlanChecker {
    /// The steps that take what a member of a group offers away for a while: its first, its last, and its window.
    private struct Turn {
        let object: ObjectReference
        let first: Int
        var last: Int
        let window: Int
    }

    /// No more members of a group than may be are changed at once by what interrupts them.
    static func checkTurns(_ evidence: Evidence) -> [Violation] {
        turns(evidence).sorted { $0.key < $1.key }.compactMap { group, turns in
            guard let suspect = firstOutOfTurn(turns, evidence) else { return nil }
            // In another order than that of the plan they may take turns all the same.
            let byLast = Dictionary(uniqueKeysWithValues: turns.map { ($0.last, $0) })
            let atOnce = queues(of: turns.map(\.last)) { last in
                guard let turn = byLast[last] else { return [] }
                return evidence.graph.ancestors(of: turn.first, along: .requires).filter { byLast[$0] != nil }
                    .sorted(by: >)
            }
            guard atOnce > suspect.window else { return nil }
            return Violation(
                .role, evidence.plan.steps[suspect.first].id,
                "too many members of \(group) would be unavailable at once")
        }
    }

    /// By group, its members that a role's change interrupts, in the order of the plan.
    private static func turns(_ evidence: Evidence) -> [Name: [Turn]] {
        var found: [Name: [Turn]] = [:]
        var places: [ObjectReference: Int] = [:]
        for (index, step) in evidence.plan.steps.enumerated() {
            // What was up goes on but for its turn.
            guard case .role(let change) = step.operation, change.isInterrupting,
                let instance = Name(step.object.name).flatMap({ evidence.cluster.instances[$0] }),
                let group = instance.group
            else { continue }
            if let place = places[step.object] {
                found[group]?[place].last = index
                continue
            }
            places[step.object] = found[group]?.count ?? 0
            found[group, default: []].append(
                Turn(
                    object: step.object, first: index, last: index, window: max(1, instance.changes.maxUnavailable)))
        }
        return found
    }

    /// The first that does not wait for the member as many places before it as may be away at once.
    private static func firstOutOfTurn(_ turns: [Turn], _ evidence: Evidence) -> Turn? {
        turns.enumerated().first { place, turn in
            guard place >= turn.window else { return false }
            let awaited = turns[place - turn.window]
            // A member's roles follow each other, and the next member's the last of them.
            return !evidence.graph.requires(
                turn.first,
                through: { other in
                    guard case .role = evidence.plan.steps[other].operation else { return false }
                    return [turn.object, awaited.object].contains(evidence.plan.steps[other].object)
                }, { $0 == awaited.last })
        }?.element
    }
}
