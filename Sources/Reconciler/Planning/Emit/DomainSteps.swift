import Spec

/// Steps that change one domain in turn.
///
/// Each changes the definition that the next one looks at, so only the first is held against what the plan saw.
struct DomainSteps {
    let fingerprint: String
    private(set) var last: StepID?

    init(fingerprint: String) {
        self.fingerprint = fingerprint
    }

    mutating func next(_ id: StepID, on node: Name, _ object: ObjectReference, _ operation: Operation) -> PlannedStep {
        defer { last = id }
        return PlannedStep(
            id: id, node: node, object: object, operation: operation,
            expectation: last == nil ? .unchanged(fingerprint: fingerprint) : .none,
            requires: [last].compactMap(\.self).map(Requirement.step))
    }
}
