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
    /// The nodes that instances can move to, the best first.
    var leaving: LeavingQueues
    /// Nodes that may have a second domain of an instance, which fits there though nothing else does.
    let secondDomainNodes: Set<Name>
    /// The names of all nodes, in order.
    let nodeNames: [Name]
    /// Instances that are there and can be looked at, by groups whose members are to be together.
    let staysInGroups: [Name: [Instance]]
    /// Instances that are to be made, by groups whose members are to be together.
    let madeInGroups: [Name: [Instance]]

    private init(_ index: FleetIndex, _ classification: Classification, staying: Set<Name>) {
        self.index = index
        self.classification = classification
        self.staying = staying
        secondDomainNodes = Set(
            index.unfinishedMigrations.values.filter(\.isTwice).flatMap { [$0.move.from, $0.move.to] })
        nodeNames = index.cluster.nodes.keys.sorted()
        leaving = LeavingQueues(
            nodeNames.compactMap { index.answered[$0] == nil ? nil : index.cluster.nodes[$0] }.filter {
                $0.state == .active
            })
        staysInGroups = Scheduler.affinityGroups(
            classification.existing.lazy.filter { index.awaitingMigration[$0.name] == nil })
        madeInGroups = Scheduler.affinityGroups(classification.missing)
    }

    static func schedule(_ index: FleetIndex, _ classification: Classification, staying: Set<Name>) -> Assignments {
        var scheduler = Scheduler(index, classification, staying: staying)
        scheduler.chooseMoves()
        scheduler.placeInstances()
        scheduler.balanceNodes()
        return scheduler.assignments
    }

    var existing: [Instance] { classification.existing }
    var missing: [Instance] { classification.missing }
    var promisedSpace: [Location: UInt64] { assignments.promisedSpace }
}
