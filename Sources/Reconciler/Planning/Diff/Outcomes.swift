import Spec

/// What was decided about all instances, as far as it was accepted.
struct Outcomes {
    /// What each instance that is there needs.
    var updates: [Name: AcceptedUpdate] = [:]
    /// MAC and address of every NIC of every wanted instance, as they will be.
    var nics: [Name: [Name: DomainMark.NIC]]
    /// What is there, without what is refused.
    var existing: [Instance]
    /// What is made.
    let missing: [Instance]
    /// Instances that are left alone, with the reason already given.
    private(set) var excluded: Set<Name>
    /// Data disks that instances let go of, and which stay.
    var keptDisks: [Roster.KeptDisk]
    /// Kept disks that an instance reuses, and files that go with their instance.
    var releasedPaths: Set<Location>
    /// Instances whose root disk stays though their image is another one now, by image.
    var staleRoots: [Name: Set<Name>] = [:]
    var findings = Findings()

    init(_ classification: Classification, _ identities: Identities) {
        nics = identities.nics
        existing = identities.existing
        missing = identities.missing
        excluded = classification.excluded.union(identities.excluded)
        keptDisks = classification.keptDisks.all
        releasedPaths = classification.releasedPaths
    }

    /// Leaves an instance alone.
    mutating func refuse(_ instance: Name, _ refusals: [Plan.Refusal]) {
        excluded.insert(instance)
        findings.refusals += refusals
    }
}
