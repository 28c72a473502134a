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
    /// Lines that a guest has written to its console since the last ones, escaped.
    case console([String])
    case migration(MigrationState)
    /// What a live migration came to, for the line that says that it is done.
    case migrated(MigrationOutcome)
    /// What somebody should know of it afterwards, for the same line.
    case noted(String)
}

/// How far a live migration is; amounts are bytes, of memory and disks together.
package struct MigrationState: Sendable, Hashable {
    package var transferred: UInt64
    package var remaining: UInt64
    /// Per second; nil where it is not known yet.
    package var rate: UInt64?
    /// The downtime if it were switched over now, in milliseconds; nil where nobody knows.
    package var expectedDowntime: UInt64?
    /// How much the guest is slowed down so that it comes to an end, in percent.
    package var slowdown: Int
    /// Whether the guest runs at its destination already and fetches the rest of its memory.
    package var isPostCopy: Bool

    package init(
        transferred: UInt64, remaining: UInt64, rate: UInt64? = nil, expectedDowntime: UInt64? = nil, slowdown: Int = 0,
        isPostCopy: Bool = false
    ) {
        self.transferred = transferred
        self.remaining = remaining
        self.rate = rate
        self.expectedDowntime = expectedDowntime
        self.slowdown = slowdown
        self.isPostCopy = isPostCopy
    }
}

/// What a live migration took; amounts are bytes, of memory and disks together.
package struct MigrationOutcome: Sendable, Hashable {
    package var transferred: UInt64
    /// The guest's downtime in milliseconds; nil where libvirt does not tell.
    package var downtime: UInt64?
    /// How much the guest was slowed down in the end, in percent.
    package var slowdown: Int
    /// Whether it went on at its destination before all of its memory was there.
    package var usedPostCopy: Bool
    /// The downtime that was allowed, in milliseconds, where the usual was not enough.
    package var allowedPause: UInt64?

    package init(
        transferred: UInt64, downtime: UInt64? = nil, slowdown: Int = 0, usedPostCopy: Bool = false,
        allowedPause: UInt64? = nil
    ) {
        self.transferred = transferred
        self.downtime = downtime
        self.slowdown = slowdown
        self.usedPostCopy = usedPostCopy
        self.allowedPause = allowedPause
    }
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
