package import Spec

/// Everything that will be done, decided, and everything that will not, with its reason.
package struct Plan: Sendable, Equatable {
    /// Something that must not be done; the exit code says so.
    package struct Refusal: Sendable, Equatable {
        package var object: ObjectReference
        package var reason: String
        package var remedy: String
        package var position: Position?
        /// The reason without what this object alone asks for, by which several refusals are one entry for people; nil where
        /// all of it is that.
        package var cause: String?
        /// Whether nothing at all may be done before it is resolved.
        package var stopsEverything: Bool

        package init(
            _ object: ObjectReference, reason: String, remedy: String, position: Position? = nil,
            stopsEverything: Bool = false
        ) {
            self.object = object
            self.reason = reason
            self.remedy = remedy
            self.position = position
            self.stopsEverything = stopsEverything
        }
    }

    /// A node that did not answer, and what is therefore left alone.
    package struct UnreachableEntry: Sendable, Equatable {
        package var node: Name
        package var cause: Unreachable
        /// Instances that it holds or may hold.
        package var held: [Name]

        package init(node: Name, cause: Unreachable, held: [Name]) {
            self.node = node
            self.cause = cause
            self.held = held
        }
    }

    /// Something that the spec may want and nobody could tell, since a guest or a repository was not to be asked; the exit code says so.
    package struct Unknown: Sendable, Equatable {
        package var object: ObjectReference
        /// What is not known, why, and what is left as it is.
        package var reason: String
        package var position: Position?

        package init(_ object: ObjectReference, reason: String, position: Position? = nil) {
            self.object = object
            self.reason = reason
            self.position = position
        }
    }

    package var cluster: ClusterIdentity
    /// Destructive ones first.
    package var changes: [Change]
    /// In an order in which they could run one by one.
    package var steps: [Step]
    package var refusals: [Refusal]
    package var unreachableNodes: [UnreachableEntry]
    /// What could not be asked although its node answers.
    package var unknowns: [Unknown] = []
    package var notices: [Notice]
    /// Disks of adopted instances that go, which stay where they are and are their owners' again.
    package var ownersDisks: [Roster.KeptDisk] = []
    /// Why one instance goes where it does, where that was asked for.
    package var explanation: PlacementExplanation?

    package init(
        cluster: ClusterIdentity, changes: [Change] = [], steps: [Step] = [], refusals: [Refusal] = [],
        unreachableNodes: [UnreachableEntry] = [], notices: [Notice] = []
    ) {
        self.cluster = cluster
        self.changes = changes
        self.steps = steps
        self.refusals = refusals
        self.unreachableNodes = unreachableNodes
        self.notices = notices
    }

    /// Whether an apply would do anything.
    package var hasSteps: Bool { !steps.isEmpty }

    /// Whether the fleet differs from the spec as far as it could be seen.
    package var isEmpty: Bool { changes.isEmpty && steps.isEmpty }

    /// What `--max-deletes` counts: instances, networks and data disks, each once however many nodes hold it.
    package var deletionCount: Int {
        let counted: Set<ObjectReference.Kind> = [.instance, .network, .disk]
        let names = changes.filter { $0.action.isDestructive && $0.blocked == nil && counted.contains($0.object.kind) }
            .map { "\($0.object.kind.rawValue)/\($0.object.name)" }
        return Set(names).count
    }
}
