import Libvirt
import Reconciler

/// What people are told of a running migration.
struct MigrationWords {
    private let state: MigrationProgress
    private let rate: UInt64

    /// The rate is the mean since the start, of memory and disks together.
    init(_ state: MigrationProgress, since start: ContinuousClock.Instant) {
        self.state = state
        let seconds = max(0.001, start.duration(to: .now) / .seconds(1))
        rate = UInt64(Double(state.processed) / seconds)
    }

    /// The report of a step.
    var progress: StepProgress { .bytes(done: state.processed, total: state.processed + state.remaining) }
}
