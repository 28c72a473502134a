import Spec

/// A stage that reads what becomes of every instance.
protocol ClassificationReading: FleetReading {
    var classification: Classification { get }
}

extension ClassificationReading {
    /// Instances whose domain goes in this plan, with the step that removes it.
    var removals: [Name: StepID] { classification.removals }
    /// Networks whose edit was refused, and which stay what they are.
    var refusedNetworks: Set<Name> { classification.refusedNetworks }

    /// Whether an earlier run began to make an instance and did not end.
    func isHalfMade(_ instance: Instance) -> Bool {
        classification.halfMade.contains(instance.name)
    }
}
