import Synchronization

/// Passes events on one at a time, and drops progress of a step that has not begun or has already ended.
///
/// Drivers report progress from any thread and at any time, even after they returned.
final class EventOrder: Sendable {
    private let running = Mutex<Set<Int>>([])
    private let report: @Sendable (ExecutionEvent) -> Void

    init(_ report: @escaping @Sendable (ExecutionEvent) -> Void) {
        self.report = report
    }

    /// Says that a step begins.
    func started(_ index: Int, _ step: Step) {
        running.withLock { running in
            running.insert(index)
            report(.started(step))
        }
    }

    /// Says how far a running step has come.
    func progress(_ index: Int, _ step: Step, _ progress: StepProgress) {
        running.withLock { running in
            if running.contains(index) { report(.progress(step, progress)) }
        }
    }

    /// Says how a step ended, whether it ever began or not.
    func ended(_ ending: Schedule.Ending, _ step: Step) {
        running.withLock { running in
            running.remove(ending.step)
            report(.ended(step, ending.outcome))
        }
    }
}
