package import Spec

/// Everything that will be done, decided, and everything that will not, with its reason.
package struct Plan: Sendable, Equatable {
    /// Something that must not be done; the exit code says so.
    package struct Refusal: Sendable, Equatable {
        package var object: ObjectReference
        package var reason: String
        package var remedy: String
        package var position: Position?
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
    package struct Silence: Sendable, Equatable {
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

    package var cluster: ClusterIdentity
    /// Destructive ones first.
    package var changes: [Change]
    /// In an order in which they could run one by one.
    package var steps: [Step]
    package var refusals: [Refusal]
    package var silences: [Silence]
    /// What is worth knowing and needs no action: look-alikes, unclaimed volumes, lost disks, a lock that is held.
    package var notices: [String]
    /// Disks of adopted instances that go, which stay where they are and are their owners' again.
    package var ownersDisks: [Roster.KeptDisk] = []
    /// Why one instance goes where it does, where that was asked for.
    package var explanation: PlacementExplanation?

    package init(
        cluster: ClusterIdentity, changes: [Change] = [], steps: [Step] = [], refusals: [Refusal] = [],
        silences: [Silence] = [], notices: [String] = []
    ) {
        self.cluster = cluster
        self.changes = changes
        self.steps = steps
        self.refusals = refusals
        self.silences = silences
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
