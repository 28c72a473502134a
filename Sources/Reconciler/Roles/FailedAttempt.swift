package import Spec

/// A change of a role that was tried in a guest and taken back.
package struct FailedAttempt: Sendable, Hashable {
    /// The instance that it was tried on.
    package var instance: Name
    /// What tells the role as the spec had it, before its references were resolved: what failed on one member of a
    /// group fails on the others.
    package var spec: String

    package init(instance: Name, spec: String) {
        self.instance = instance
        self.spec = spec
    }
}
