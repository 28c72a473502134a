import Spec

extension PlanChecker {
    /// No node takes part in more moves at once than the spec allows.
    ///
    /// The moves of a node must fit into that many queues, in each of which one waits for the one before: which holds
    /// where all but that many of them can each be given a predecessor of their own (Dilworth).
    static func checkMovesAtOnce(_ evidence: Evidence) -> [Violation] {
        let limit = evidence.cluster.migration.perNode
        var moves: [Name: [Int]] = [:]
        for (index, step) in evidence.steps(where: \.isMove) {
            guard case .move(let part) = step.operation, part.stage == .migrate || part.stage == .relocate else {
                continue
            }
            for node in [part.move.from, part.move.to] { moves[node, default: []].append(index) }
        }
        return moves.sorted { $0.key < $1.key }.compactMap { node, steps in
            guard steps.count > limit else { return nil }
            let queues = steps.count - successions(steps, evidence)
            guard queues > limit else { return nil }
            return Violation(
                .move, nil, "\(queues) migrations from or to \(node) can run at once, but the limit is \(limit)")
        }
    }

    /// How many of the steps can each be given another of them as its own successor, which waits for it.
    private static func successions(_ steps: [Int], _ evidence: Evidence) -> Int {
        let wanted = Set(steps)
        let earlier = Dictionary(
            uniqueKeysWithValues: steps.map { ($0, predecessors(of: $0, among: wanted, evidence)) })
        var successor: [Int: Int] = [:]
        // Chains of exchanges are tried depth first: what a step has taken may be given to another.
        func take(_ step: Int, _ tried: inout Set<Int>) -> Bool {
            for candidate in earlier[step] ?? [] where tried.insert(candidate).inserted {
                guard let holder = successor[candidate] else {
                    successor[candidate] = step
                    return true
                }
                if take(holder, &tried) {
                    successor[candidate] = step
                    return true
                }
            }
            return false
        }
        return steps.count { step in
            var tried: Set<Int> = []
            return take(step, &tried)
        }
    }

    /// Those of the steps that have ended, whatever became of them, before this one begins.
    ///
    /// The nearest come first, which is what makes the search above short: mostly the first is the answer.
    private static func predecessors(of step: Int, among wanted: Set<Int>, _ evidence: Evidence) -> [Int] {
        evidence.graph.ancestors(of: step, along: .all).intersection(wanted).sorted(by: >)
    }
}
