import ArgumentParser

/// Everything that a run can end with, in the order in which the first that applies becomes the exit code.
enum RunStatus: Int32, Sendable, Hashable, CaseIterable {
    /// The command line was not understood.
    case usage = 64
    /// The spec is wrong; no node was contacted.
    case specInvalid = 3
    /// Another run holds the cluster's lock.
    case lockHeld = 4
    /// The run was interrupted.
    case interrupted = 130
    /// Something failed, or only a part was done.
    case failed = 1
    /// Something must not be done: a protection, a limit, a conflict, no room.
    case refused = 6
    /// A node did not answer, or a guest or repository that what is wanted depends on.
    case nodeUnreachable = 7
    /// The fleet differs from the spec; only `plan --detailed-exitcode` says so.
    case changesPending = 2
    case success = 0

    /// The one that is reported where several apply.
    static func first(of statuses: some Collection<RunStatus>) -> RunStatus {
        allCases.first { statuses.contains($0) } ?? .success
    }
}

extension ExitCode {
    /// The process's exit code for what a run ended with.
    init(_ status: RunStatus) {
        self.init(status.rawValue)
    }
}
