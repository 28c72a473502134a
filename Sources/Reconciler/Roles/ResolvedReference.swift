package import Spec

/// What a reference of a role stands for.
package enum ResolvedReference: Sendable, Equatable {
    /// By their numbers in the group.
    case members([Member])
    case address(IPv4Address)
    /// What the producer gives, which this plan leaves as it is, and where a step finds a secret.
    case output(ObservedOutput, at: GuestPlace)
    /// What the producer gives when it is ready: it is made or changed by this plan.
    case pending(GuestPlace)
}
