import Spec

/// The writes of one roster to many nodes, and which of them a step waits for.
///
/// Many steps wait for them through one barrier, which is looked at once.
struct RosterWaves {
    private struct Question: Hashable {
        var barrier: Int
        var generation: Int
    }

    private var writes: [Int: [Int]] = [:]
    private var missed: [Question: Set<Int>] = [:]

    init(_ evidence: Evidence) {
        for (index, step) in evidence.plan.steps.enumerated() {
            if case .roster(.write(let roster)) = step.operation {
                writes[roster.generation, default: []].append(index)
            }
        }
    }

    /// The writes of a generation that may not have ended when a step begins, by their numbers.
    mutating func writes(of generation: Int, notBefore index: Int, _ evidence: Evidence) -> [Int] {
        let waits = Set(evidence.graph.next(index))
        var left = writes[generation] ?? []
        for barrier in waits.sorted() where evidence.plan.steps[barrier].operation.isBarrier && !left.isEmpty {
            let notReached = writes(notBefore: barrier, generation, evidence)
            left = notReached.isEmpty ? [] : left.filter(notReached.contains)
        }
        left.removeAll { waits.contains($0) }
        return left
    }

    private mutating func writes(notBefore barrier: Int, _ generation: Int, _ evidence: Evidence) -> Set<Int> {
        let question = Question(barrier: barrier, generation: generation)
        if let known = missed[question] { return known }
        let waits = Set(evidence.graph.after[barrier])
        let left = Set(writes[generation] ?? []).subtracting(waits)
        missed[question] = left
        return left
    }
}
