import Spec

extension PlanChecker {
    /// No node takes part in more moves at once than the spec allows: they fit into as many queues.
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
            let wanted = Set(steps)
            let atOnce = queues(of: steps) { predecessors(of: $0, among: wanted, evidence) }
            guard atOnce > limit else { return nil }
            return Violation(
                .move, nil, "\(atOnce) migrations from or to \(node) can run at once, but the limit is \(limit)")
        }
    }

    /// Those of the steps that have ended, whatever became of them, before this one begins.
    ///
    /// The nearest come first, which is what makes the search above short: mostly the first is the answer.
    private static func predecessors(of step: Int, among wanted: Set<Int>, _ evidence: Evidence) -> [Int] {
        evidence.graph.ancestors(of: step, along: .all).intersection(wanted).sorted(by: >)
    }
}
