package import Spec

/// Which roles are tried as their users use them, which costs time in their guests.
package enum RoleTrial: Sendable, Equatable {
    case none, all
    case kind(RoleKey)
}
