import Libvirt
import Reconciler
import Spec
import Synchronization

/// What is known of a running migration, and what helps it to an end.
///
/// QEMU slows down by itself a guest that changes memory faster than it is sent. Where that does not do, the guest goes
/// on at its destination and fetches the rest from there, if the spec allows it; else it may have more downtime.
final class MigrationWatch: Sendable {
    /// What to do for a migration that does not come to an end.
    enum Help: Sendable, Equatable {
        case postCopy
        /// Allow the guest so many milliseconds of downtime.
        case pause(UInt64)
    }

    private struct State: Sendable {
        var last: MigrationProgress?
        var usedPostCopy = false
        /// In milliseconds.
        var allowedPause: UInt64?
        /// When something was last seen to be sent.
        var lastSign: ContinuousClock.Instant?
        var isStalled = false
    }

    private let state = Mutex(State())
    private let policy: MigrationPolicy

    init(_ policy: MigrationPolicy) {
        self.policy = policy
    }

    /// Watches one that is in post-copy already.
    convenience init(fetching policy: MigrationPolicy) {
        self.init(policy)
        gave(.postCopy)
    }

    /// Takes in how far it is, and says what it needs now.
    func help(at progress: MigrationProgress, now: ContinuousClock.Instant) -> Help? {
        state.withLock { state in
            if progress.processed != state.last?.processed || progress.remaining != state.last?.remaining {
                state.lastSign = now
            }
            state.last = progress
            // Every disk and each page of memory went once, and the guest was slowed down in vain.
            guard progress.iteration > 2, !state.usedPostCopy else { return nil }
            if policy.postCopy { return progress.slowdown >= MigrationWatch.vainSlowdown ? .postCopy : nil }
            guard progress.slowdown >= MigrationWatch.uselessSlowdown, let expected = progress.downtime else {
                return nil
            }
            let pause = min(MigrationWatch.longestPause, expected + expected / 4)
            return pause > state.allowedPause ?? 0 ? .pause(pause) : nil
        }
    }

    /// Whether nothing was sent for so long that it is to be aborted; true once.
    ///
    /// A link that is cut says nothing: the connections would wait for it for a quarter of an hour.
    func stalls(now: ContinuousClock.Instant) -> Bool {
        state.withLock { state in
            guard let lastSign = state.lastSign else {
                state.lastSign = now
                return false
            }
            // Before anything is sent the destination's QEMU starts, which can take longer.
            let limit = state.last == nil ? MigrationWatch.stallLimit * 2 : MigrationWatch.stallLimit
            guard !state.isStalled, lastSign.duration(to: now) > limit else { return false }
            state.isStalled = true
            return true
        }
    }

    /// Whether it was aborted because nothing was sent.
    var isStalled: Bool { state.withLock { $0.isStalled } }

    /// For how long nothing may be sent.
    static let stallLimit = Duration.seconds(30)

    /// Notes that the help was given.
    func gave(_ help: Help) {
        state.withLock { state in
            switch help {
            case .postCopy: state.usedPostCopy = true
            case .pause(let milliseconds): state.allowedPause = milliseconds
            }
        }
    }

    /// Whether the guest runs at its destination before all of it is there.
    var isPostCopy: Bool { state.withLock { $0.usedPostCopy } }

    /// The report of a step that goes on.
    var report: StepProgress {
        state.withLock { state in
            guard let last = state.last else { return .migration(MigrationState(transferred: 0, remaining: 0)) }
            let rate = last.memoryRate + last.diskRate
            return .migration(
                MigrationState(
                    transferred: last.processed, remaining: last.remaining, rate: rate > 0 ? rate : nil,
                    expectedDowntime: last.downtime, slowdown: last.slowdown, isPostCopy: state.usedPostCopy))
        }
    }

    /// The report of one that has ended, from what libvirt says of it afterwards or, failing that, said last.
    func outcome(_ result: MigrationResult?) -> StepProgress {
        state.withLock { state in
            .migrated(
                MigrationOutcome(
                    transferred: max(result?.processed ?? 0, state.last?.processed ?? 0), downtime: result?.downtime,
                    slowdown: state.last?.slowdown ?? 0, usedPostCopy: state.usedPostCopy,
                    allowedPause: state.allowedPause))
        }
    }

    /// The slowdown, in percent, at which more of it is not worth waiting for where post-copy is allowed.
    private static let vainSlowdown = 40
    /// The slowdown at which the guest does as good as nothing, so that a pause takes little from it.
    private static let uselessSlowdown = 90
    /// Clients wait that long without giving up.
    private static let longestPause: UInt64 = 5_000
}
