import Spec

/// A stage that reads what every instance needs.
protocol OutcomeReading: AssignmentReading {
    var identities: Identities { get }
    var outcomes: Outcomes { get }
}

extension OutcomeReading {
    /// What is there.
    var existing: [Instance] { outcomes.existing }
    /// What is made.
    var missing: [Instance] { outcomes.missing }
    /// Instances that are left alone, with the reason already given.
    var excluded: Set<Name> { outcomes.excluded }
    /// What each instance that is there needs.
    var updates: [Name: InstanceUpdate] { outcomes.updates }
    /// MAC and address of every NIC of every wanted instance.
    var nics: [Name: [Name: DomainMark.NIC]] { outcomes.nics }
    /// Wanted instances that steps of creation are planned for.
    var toMake: [Instance] { existing.filter(isHalfMade) + missing }
    /// Instances that this plan moves.
    var moving: [Instance] { existing.filter { moves[$0.name] != nil } }
}
