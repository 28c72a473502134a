/// Everything that a run can end with, in the order in which the first that applies is told.
package enum RunStatus: Sendable, Hashable, CaseIterable {
    /// The command line was not understood.
    case usage
    /// The spec is wrong; no node was contacted.
    case specInvalid
    /// Another run holds the cluster's lock.
    case lockHeld
    /// The run was interrupted.
    case interrupted
    /// Something failed, or only a part was done.
    case failed
    /// Something must not be done: a protection, a limit, a conflict, no room.
    case refused
    /// A node did not answer, or a guest or repository that what is wanted depends on.
    case nodeUnreachable
    /// The fleet differs from the spec; only a plan that was asked for it says so.
    case changesPending
    case success

    /// The one that is reported where several apply.
    package static func first(of statuses: some Collection<RunStatus>) -> RunStatus {
        allCases.first { statuses.contains($0) } ?? .success
    }
}
