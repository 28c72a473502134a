import Spec

/// The third stage: decides which instances move, and gives every missing one a node.
///
/// Each choice reduces what is left for the next.
struct Scheduler: AssignmentReading {
    let index: FleetIndex
    let classification: Classification
    /// Instances that do not move in this plan, since something else of them is refused.
    let staying: Set<Name>
    var assignments = Assignments()

    static func schedule(_ index: FleetIndex, _ classification: Classification, staying: Set<Name>) -> Assignments {
        var scheduler = Scheduler(index: index, classification: classification, staying: staying)
        scheduler.chooseMoves()
        scheduler.placeInstances()
        scheduler.balanceNodes()
        return scheduler.assignments
    }

    var existing: [Instance] { classification.existing }
    var missing: [Instance] { classification.missing }
    var promisedRoom: [Location: UInt64] { assignments.promisedRoom }
}
