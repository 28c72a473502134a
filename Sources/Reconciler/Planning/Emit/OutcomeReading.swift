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
    var updates: [Name: AcceptedUpdate] { outcomes.updates }
    /// MAC and address of every NIC of every wanted instance.
    var nics: [Name: [Name: DomainMark.NIC]] { outcomes.nics }
    /// Wanted instances that steps of creation are planned for.
    var toMake: [Instance] { existing.named(classification.halfMade) + missing }
    /// Instances that this plan moves.
    var moving: [Instance] { existing.named(Set(moves.keys)) }

    /// Instances that are there and whose update has something, in order.
    func updated(where has: (InstanceUpdate) -> Bool) -> [Instance] {
        var names: Set<Name> = []
        for (name, accepted) in updates where has(accepted.update) { names.insert(name) }
        return existing.named(names)
    }
}
