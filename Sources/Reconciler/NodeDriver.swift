package import Spec

/// The only way from decisions to a node: values in, values out.
package protocol NodeDriver: Sendable {
    var node: Name { get }

    /// Looks at everything once; never throws, since a node that does not answer is an observation too.
    func observe() async -> NodeObservation

    /// Carries out one step, after looking at its object again.
    ///
    /// It may be called for different steps at once. Cancelling the task makes it undo or finish what it can, and throw.
    func perform(_ step: Step, report: @escaping @Sendable (StepProgress) -> Void) async throws(StepError) -> StepResult
}

/// How a step ended that did not fail.
package enum StepResult: Sendable, Equatable {
    case done
    /// The object was already as it should be.
    case unchanged
    /// The object is no longer what the plan was made for, in words.
    case skipped(String)
}

/// How far a long step has come.
package enum StepProgress: Sendable, Equatable {
    /// Bytes moved, and of how many where that is known.
    case bytes(done: UInt64, total: UInt64?)
    /// What is being waited for.
    case waiting(String)
}

/// Why a step failed: what was being done to what, the chain of causes, and what to do.
package struct StepError: Error, Sendable, Equatable {
    /// What was being done to what, in one line.
    package var summary: String
    /// From the nearest cause to the root, a line each.
    package var causes: [String]
    package var remedy: String?
    /// Whether the node itself is gone, so that its other steps need not be tried.
    package var isNodeLost: Bool

    package init(_ summary: String, causes: [String] = [], remedy: String? = nil, isNodeLost: Bool = false) {
        self.summary = summary
        self.causes = causes
        self.remedy = remedy
        self.isNodeLost = isNodeLost
    }
}
