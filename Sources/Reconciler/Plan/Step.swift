package import Spec

/// Names a step within its plan, such as `kvm1/instance/web-1/define`.
package struct StepID: Sendable, Hashable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }
}

extension StepID: CustomStringConvertible {
    package var description: String { text }
}

/// One unit of execution.
///
/// It is safe to run twice, and looks at its object again before it touches it.
package struct Step: Sendable, Equatable {
    /// What must still be true of the object, checked by the driver just before it acts.
    package enum Expectation: Sendable, Hashable {
        /// Nothing: an earlier step of this plan made the object what it is.
        case none
        /// No domain or network has this name or UUID yet, or the one that has is this very definition.
        case absent
        /// The domain's or network's fingerprint is still this.
        case unchanged(fingerprint: String)
    }

    package var id: StepID
    package var node: Name
    package var object: ObjectReference
    package var operation: Operation
    package var expectation: Expectation
    /// Steps that must have succeeded; else this one is skipped.
    package var requires: [StepID]
    /// Steps that must have ended, however they ended.
    package var after: [StepID]

    package init(
        id: StepID, node: Name, object: ObjectReference, operation: Operation, expectation: Expectation = .none,
        requires: [StepID] = [], after: [StepID] = []
    ) {
        self.id = id
        self.node = node
        self.object = object
        self.operation = operation
        self.expectation = expectation
        self.requires = requires
        self.after = after
    }
}
