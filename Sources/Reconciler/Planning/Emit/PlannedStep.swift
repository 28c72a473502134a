import Spec

/// A step while the plan is made: what it needs is said by subject, and resolved when all steps are known.
struct PlannedStep {
    var id: StepID
    var node: Name
    var object: ObjectReference
    var operation: Operation
    var expectation: Step.Expectation
    /// What must have succeeded; else it is skipped.
    var requires: [Requirement]
    /// What must have ended, however it ended.
    var after: [Requirement]
    var record: RosterEffect

    init(
        id: StepID, node: Name, object: ObjectReference, operation: Operation,
        expectation: Step.Expectation = .none, requires: [Requirement] = [], after: [Requirement] = [],
        record: RosterEffect = []
    ) {
        self.id = id
        self.node = node
        self.object = object
        self.operation = operation
        self.expectation = expectation
        self.requires = requires
        self.after = after
        self.record = record
    }
}
