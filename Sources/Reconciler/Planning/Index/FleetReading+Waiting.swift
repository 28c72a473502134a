import Spec

extension FleetReading {
    /// Shows that nothing is done to an instance now, and why.
    func waitingChange(_ instance: Name, _ owned: OwnedDomain, _ action: Action) -> Change {
        Change(
            action, ObjectReference(.instance, instance.text, on: owned.node),
            reason: owned.mark.move == nil ? "it may exist elsewhere as well" : "its migration is unfinished",
            blocked: awaitingMigration[instance], position: cluster.instances[instance]?.position)
    }

    /// Whether what an instance left elsewhere is still to be found by the disks that it has now.
    func isMidMigration(_ instance: Name) -> Bool {
        if awaitingMigration[instance] != nil { return true }
        guard let migration = unfinishedMigrations[instance] else { return false }
        return migration.isTwice || migration.otherEnd == .unreachable
    }

    /// Whether a migration that broke off left it paused here while the destination has nothing of it, so that it goes on here.
    ///
    /// A node that does not answer, or a destination that is lost, may have run it since: only a person knows.
    func wasLeftPaused(_ owned: OwnedDomain) -> Bool {
        guard unreachable.isEmpty else { return false }
        guard owned.domain.wasLeftPausedByMigration,
            let migration = unfinishedMigrations[currentName(of: owned)]
        else {
            return false
        }
        return !migration.isComplete && !migration.isTwice && migration.otherEnd == .answers
    }
}
