package import Spec

/// Why an instance is, or goes, where it does: what every node had to say when it was decided.
package struct PlacementExplanation: Sendable, Equatable {
    /// One node as a place for the instance.
    package struct Candidate: Sendable, Equatable {
        package var node: Name
        /// Its score and shares with the instance placed there, or the hard limit that rules it out.
        package var verdict: PlacementDecision.Verdict

        package init(node: Name, verdict: PlacementDecision.Verdict) {
            self.node = node
            self.verdict = verdict
        }

        /// Larger scores first, then names; nodes that are ruled out last.
        static func precedes(_ left: Candidate, _ right: Candidate) -> Bool {
            switch (left.verdict, right.verdict) {
            case (.fits(let one, _, _), .fits(let two, _, _)):
                one > two || one == two && left.node < right.node
            case (.fits, .rejected): true
            case (.rejected, .fits): false
            case (.rejected, .rejected): left.node < right.node
            }
        }
    }

    package var instance: Name
    /// Where it is.
    package var home: Name?
    /// Where this plan leaves it; nil where it cannot be placed.
    package var node: Name?
    /// What was decided and why, in one sentence.
    package var outcome: String
    /// In the order in which they would be chosen.
    package var candidates: [Candidate]

    package init(instance: Name, home: Name?, node: Name?, outcome: String, candidates: [Candidate]) {
        self.instance = instance
        self.home = home
        self.node = node
        self.outcome = outcome
        self.candidates = candidates
    }

    /// What scores are made of.
    package static let rule =
        "score = 0.7 × free CPU share + 0.3 × free memory share after placement; the highest wins, then the name"
}
