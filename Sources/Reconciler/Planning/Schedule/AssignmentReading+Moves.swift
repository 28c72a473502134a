import Spec

extension AssignmentReading {
    /// Whether an instance moves in this plan, or ends a move.
    func isMigrating(_ instance: Name) -> Bool { moves[instance] != nil || unfinishedMigrations[instance] != nil }

    func nodeField(_ instance: Instance, _ owned: OwnedDomain, to target: Name) -> FieldChange {
        FieldChange(
            path: "node", old: owned.node.text, new: target.text, effect: .migrate,
            origin: owned.mark.applied["node"] == target.text ? .drift : .edit, position: instance.positions["node"])
    }

    /// Whether it is started, if at all, only when its move has ended: where it goes, or where its copy still is.
    func startsElsewhere(_ instance: Instance, _ owned: OwnedDomain) -> Bool {
        let waits = unfinishedMigrations[instance.name].map { $0.isComplete && $0.isTwice } ?? false
        guard moves[instance.name] != nil || waits else { return false }
        if waits { return owned.domain.power != .running }
        return owned.domain.power == .shutOff || owned.domain.power == .crashed
    }
}
