package import Spec

/// Whom a role sends work to, as its guest says.
package struct RoleServing: Sendable, Equatable {
    package var listed: [Member]
    /// The names of those that get nothing at present.
    package var drained: Set<Name>
    /// Whether it can take a member out and put it back.
    package var canDrain: Bool
    /// Whether it works at all.
    package var isUp: Bool

    package init(listed: [Member], drained: Set<Name>, canDrain: Bool, isUp: Bool) {
        self.listed = listed
        self.drained = drained
        self.canDrain = canDrain
        self.isUp = isUp
    }
}
