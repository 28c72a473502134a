import Spec

/// The stages of one instance's move in turn, after everything else that the plan does to it.
struct MigrationSteps {
    private let instance: Name
    private let node: Name
    private let fingerprint: String
    private var earlier: [StepID]
    private(set) var lastID: StepID?

    /// - Parameter graph: with all that is done to the instance before.
    init(_ graph: PlanGraph, instance: Name, _ owned: OwnedDomain) {
        self.instance = instance
        node = owned.node
        fingerprint = owned.domain.fingerprint
        earlier = graph.domainSteps[Location(node: owned.node, what: owned.domain.uuid.text)] ?? []
    }

    /// The next stage; only the first that touches what the plan saw is held against it.
    mutating func next(_ stage: InstanceMove.Stage, _ move: InstanceMove) -> PlannedStep {
        let place = move.node(of: stage)
        var step = last(
            StepID("\(place)/instance/\(instance)/move-\(stage.rawValue)"), .move(MoveStep(stage, of: move)), on: place)
        step.record = stage == .finish || stage == .forget ? [.isOnRecord, .leavesOut] : .isOnRecord
        // Stages that change a mark look at its fingerprint; before the first of them nothing has changed it.
        let changesMark = stage == .begin || stage == .finish || stage == .forget
        if changesMark, place == node, !isChanged { step.expectation = .unchanged(fingerprint: fingerprint) }
        // The two that find the guest at its destination write that into its mark there.
        if changesMark || stage == .leave || stage == .resume { isChanged = true }
        return step
    }

    /// A step after all before it.
    mutating func last(_ id: StepID, _ operation: Operation, on place: Name? = nil) -> PlannedStep {
        let step = PlannedStep(
            id: id, node: place ?? node, object: ObjectReference(.instance, instance.text, on: place ?? node),
            operation: operation, requires: (lastID.map { [$0] } ?? earlier).map(Requirement.step))
        if lastID == nil, !earlier.isEmpty { isChanged = true }
        lastID = id
        return step
    }

    private var isChanged = false
}
