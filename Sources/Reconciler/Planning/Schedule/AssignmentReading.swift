import Spec

/// A stage that reads where instances go.
protocol AssignmentReading: ClassificationReading {
    var assignments: Assignments { get }
}

extension AssignmentReading {
    /// Where the missing ones go.
    var placements: [Name: PlacementDecision] { assignments.placements }
    /// Where instances that are there go, and how.
    var moves: [Name: InstanceMove] { assignments.moves }
    /// Why each of them moves.
    var moveReasons: [Name: String] { assignments.moveReasons }
    /// What keeps instances that are to move from it.
    var moveRefusals: [Name: String] { assignments.moveRefusals }
    /// Why an instance is stopped that the spec wants to run.
    var stopReasons: [Name: String] { assignments.stopReasons }
    /// A node for each group whose members are to be together: there, or where the label is the same.
    var affinityAnchors: [Name: Name] { assignments.affinityAnchors }

    /// Where a wanted instance is or will be.
    func home(of instance: Name) -> Name? {
        if let node = placements[instance]?.node ?? moves[instance]?.to { return node }
        return removals[instance] == nil ? owned[instance]?.node : nil
    }

    /// Whether an instance is to run: as the spec says, but that maintenance stops it.
    func wantedPower(of instance: Instance) -> Instance.Power {
        stopReasons[instance.name] == nil ? instance.power : .off
    }

    /// Whether an instance is removed from one node and made again on another by this plan.
    func isMoving(_ instance: Name) -> Bool {
        guard removals[instance] != nil, let from = owned[instance]?.node, let to = placements[instance]?.node else {
            return false
        }
        return from != to
    }
}
