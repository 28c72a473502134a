import Glibc
import Synchronization

/// A program that runs, with all that it started and that did not leave its process group.
final class ProcessGroup: Sendable {
    private static let running = Mutex<Set<pid_t>>([])
    /// Whether everything is being killed: what starts just now is, too.
    private static let isOver = Mutex(false)

    private let number = Mutex<pid_t?>(nil)

    /// The program has started; its process leads its group.
    func began(_ process: pid_t) {
        number.withLock { $0 = process }
        ProcessGroup.running.withLock { _ = $0.insert(process) }
        // Only after it is on the list: `killAll` looks at that after it has said that all is over.
        if ProcessGroup.isOver.withLock({ $0 }) { kill(-process, SIGKILL) }
    }

    /// The program has ended by itself: what it left behind was left on purpose.
    func ended() {
        guard let process = number.withLock({ $0 }) else { return }
        ProcessGroup.running.withLock { _ = $0.remove(process) }
    }

    /// Ends what is left of the group after its first process is gone, which was told to end as all of it was.
    func end() async {
        guard let process = number.withLock({ $0 }) else { return }
        // The task is cancelled by now, and could not wait.
        await Task {
            let deadline = ContinuousClock.now.advanced(by: LocalProgram.patience)
            while kill(-process, 0) == 0, ContinuousClock.now < deadline {
                try? await Task.sleep(for: .milliseconds(20))
            }
        }.value
        kill(-process, SIGKILL)
        ended()
    }

    /// Kills all groups that run; none begins to end by itself any more.
    static func killAll() {
        isOver.withLock { $0 = true }
        running.withLock { for process in $0 { kill(-process, SIGKILL) } }
    }
}
