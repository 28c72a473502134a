import Spec

extension OutcomeReading {
    /// What became of the instance that is to be explained, when all is decided; nil where nobody asked.
    func explanation(_ findings: Findings) -> PlacementExplanation? {
        guard let name = options.explained else { return nil }
        var explanation = assignments.explanation
        let home = owned[name]?.node
        let waits = findings.changes.first {
            $0.object.kind == .instance && $0.object.name == name.text && $0.blocked != nil
        }
        let refusal = findings.refusals.first { $0.object.kind == .instance && $0.object.name == name.text }
        if explanation == nil {
            let why = awaitingMigration[name] ?? refusal?.reason ?? waits?.blocked
            let missingNode = history.instances[name].flatMap { unreachable.contains($0.node) ? $0.node : nil }
            explanation = PlacementExplanation(
                instance: name, home: home, node: home,
                outcome: "its placement is undecided"
                    + ((why ?? missingNode.map { "\($0) does not answer and may run it" }).map { ": \($0)" } ?? ""),
                candidates: [])
        }
        guard let home, explanation?.outcome == "" else { return explanation }
        if let move = moves[name] {
            explanation?.node = move.to
            explanation?.outcome =
                "it is migrated from \(home) to \(move.to): \(moveReasons[name] ?? "its migration is unfinished")"
        } else if let blocked = waits, blocked.action == .migrate {
            explanation?.outcome = "it has to leave \(home), but cannot yet: \(blocked.reason)"
        } else if let why = moveRefusals[name] {
            explanation?.outcome = "it stays on \(home): \(why)"
        } else if cluster.instances[name]?.node == home {
            explanation?.outcome = "it stays on \(home), where it is pinned"
        } else {
            explanation?.outcome = "it stays on \(home): a better score alone causes no migration"
        }
        return explanation
    }
}
