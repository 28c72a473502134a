import Spec

/// What becomes of every instance, before anything is placed: it goes, it is there, it is to be made, or it is left alone.
struct Classification {
    /// Instances whose domain goes in this plan.
    var deletions: [Deletion] = []
    /// The same, with the step that removes each.
    var removals: [Name: StepID] = [:]
    /// What is wanted and found.
    var existing: [Instance] = []
    /// What of it an earlier run began to make and did not end.
    var halfMade: Set<Name> = []
    /// What is wanted, missing, and may be made.
    var missing: [Instance] = []
    /// Instances that must be left alone, with the reason among the findings.
    var excluded: Set<Name> = []
    /// Networks whose edit was refused, and which stay what they are.
    var refusedNetworks: Set<Name> = []
    /// Data disks that stay when their instance goes.
    var keptDisks = KeptDisks()
    /// Disks of adopted instances that go, which stay and are no business of kvmctl's any more.
    var ownersDisks: [Roster.KeptDisk] = []
    /// Files of kept disks' names that go with their instance.
    var releasedPaths: Set<Location> = []
    var findings = Findings()
}
