package import Spec

/// One thing that was looked at on a node, and how it is.
package struct NodeCheck: Sendable, Equatable {
    /// What is looked at, in the order in which it is shown.
    package enum Kind: String, Sendable, CaseIterable {
        case ssh, root, sessions, libvirt, processors, kvm, tools, name, peers, clock, identity, pools, migration
    }

    package enum Verdict: String, Sendable {
        case good
        /// Works, but not as well as it could.
        case warning
        case bad
        /// Could not be looked at.
        case unknown
    }

    package var kind: Kind
    package var verdict: Verdict
    /// What was found, in one line.
    package var summary: String
    /// What a person can do about it; nil where there is nothing to do.
    package var remedy: String?

    package init(_ kind: Kind, _ verdict: Verdict, _ summary: String, remedy: String? = nil) {
        self.kind = kind
        self.verdict = verdict
        self.summary = summary
        self.remedy = remedy
    }
}

/// Everything that was looked at on one node.
package struct NodeExamination: Sendable, Equatable {
    package var node: Name
    /// How it is reached, such as `10.77.0.11`.
    package var address: String
    package var checks: [NodeCheck]
    /// Whether nobody could talk to it at all.
    package var isUnreachable = false
    /// Whether it was left alone, since the spec says that it is off or lost.
    package var isSkipped = false

    package init(
        node: Name, address: String, checks: [NodeCheck], isUnreachable: Bool = false, isSkipped: Bool = false
    ) {
        self.isSkipped = isSkipped
        self.node = node
        self.address = address
        self.checks = checks
        self.isUnreachable = isUnreachable
    }
}
