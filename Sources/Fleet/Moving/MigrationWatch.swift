import Libvirt
import Reconciler
import Spec
import Synchronization

/// What is known of a running migration, and whether it needs help to come to an end.
///
/// QEMU slows a guest down by itself where it changes memory faster than it travels. Where the spec allows it and that
/// does not do, the guest goes on at its destination and fetches the rest from there.
final class MigrationWatch: Sendable {
    private struct State: Sendable {
        var last: MigrationProgress?
        var usedPostCopy = false
    }

    private let state = Mutex(State())
    private let policy: MigrationPolicy

    init(_ policy: MigrationPolicy) {
        self.policy = policy
    }

    /// Takes in how far it is; true, once, where it is to be switched to post-copy now.
    func wantsPostCopy(_ progress: MigrationProgress) -> Bool {
        state.withLock { state in
            state.last = progress
            guard policy.postCopy, !state.usedPostCopy else { return false }
            // All disks and each page of memory went once, and the guest was slowed down three times or so in vain.
            return progress.iteration > 2 && progress.slowdown >= MigrationWatch.vainSlowdown
        }
    }

    /// Notes that the guest runs at its destination now.
    func postCopyBegan() { state.withLock { $0.usedPostCopy = true } }

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
                    slowdown: state.last?.slowdown ?? 0, usedPostCopy: state.usedPostCopy))
        }
    }

    /// The slowdown, in percent, at which more of it is not worth waiting for where post-copy is allowed.
    private static let vainSlowdown = 40
}
