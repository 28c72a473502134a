package import Spec

/// Where an instance goes, and why there.
package struct PlacementDecision: Sendable, Equatable {
    /// One node's part in the decision.
    package enum Verdict: Sendable, Equatable {
        /// Score, and the free shares of CPU and memory after placing, all from 0 to 1.
        case fits(score: Double, cpu: Double, memory: Double)
        case rejected(String)
    }

    package var instance: Name
    package var node: Name?
    /// The chosen node's and the next best's.
    package var verdicts: [(node: Name, verdict: Verdict)]
    /// Whether it fits only once what this plan deletes is gone.
    package var needsDeletions = false

    /// Whether the spec names the node.
    var isPinned = false

    /// Why the node that was chosen was, in one line.
    package var reason: String {
        guard let node, let chosen = verdicts.first(where: { $0.node == node }),
            case .fits(let score, _, _) = chosen.verdict
        else { return "it cannot be placed" }
        if isPinned { return "pinned by `node:` (score \(Self.text(score)))" }
        let others = verdicts.compactMap { entry -> (node: Name, score: Double)? in
            if entry.node != node, case .fits(let score, _, _) = entry.verdict { (entry.node, score) } else { nil }
        }
        guard let second = others.max(by: { ($0.score, $1.node) < ($1.score, $0.node) }) else {
            return "the only suitable node (score \(Self.text(score)))"
        }
        return "score \(Self.text(score)), next \(second.node) \(Self.text(second.score))"
    }

    /// Three digits after the point, without Foundation.
    package static func text(_ value: Double) -> String {
        let thousandths = Int((value * 1000).rounded())
        let digits = String(abs(thousandths) % 1000)
        let padding = String(repeating: "0", count: 3 - digits.utf8.count)
        return "\(thousandths < 0 ? "-" : "")\(abs(thousandths) / 1000).\(padding)\(digits)"
    }

    package static func == (left: PlacementDecision, right: PlacementDecision) -> Bool {
        left.instance == right.instance && left.node == right.node && left.needsDeletions == right.needsDeletions
            && left.verdicts.elementsEqual(right.verdicts) { $0.node == $1.node && $0.verdict == $1.verdict }
    }
}
