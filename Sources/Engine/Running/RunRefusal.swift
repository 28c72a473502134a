package import Fleet
package import Reconciler

/// Why a plan is not carried out.
package enum RunRefusal: Sendable, Equatable {
    /// Another run is at work on the cluster.
    case lockHeld(LockRefusal)
    /// Something in the plan stands against all of it.
    case stopped(by: Plan.Refusal)
    /// More would be deleted or replaced than is allowed where nobody is asked.
    case deletions(count: Int, limit: Int)
    /// A step needs a secret that cannot be read.
    case missingSecret(of: ObjectReference, reason: String)

    /// What a run ends with because of it.
    package var status: RunStatus {
        switch self {
        case .lockHeld: .lockHeld
        case .stopped, .deletions: .refused
        case .missingSecret: .failed
        }
    }
}
