import Dispatch
import Glibc
import Synchronization

/// Jobs waiting for the one thread that runs them in order.
final class JobQueue: Sendable {
    private struct State {
        var jobs: [@Sendable () -> Void] = []
        /// The thread that runs the jobs, once it has begun.
        var thread: UInt?
    }

    private let state = Mutex(State())
    private let count = DispatchSemaphore(value: 0)

    /// A queue with a thread of its own, which ends with `finish`; where the system has none left, one of Dispatch's.
    init(runningOn label: String) {
        if DedicatedThread.start({ self.run(on: pthread_self()) }) != nil {
            DispatchQueue(label: label).async { self.run(on: pthread_self()) }
        }
    }

    /// Adds a job to the end.
    func add(_ job: @escaping @Sendable () -> Void) {
        state.withLock { $0.jobs.append(job) }
        count.signal()
    }

    /// Has `run` return when all jobs before this call have been run; nothing may be added afterwards.
    func finish() {
        count.signal()
    }

    /// Runs job after job on the calling thread, sleeping while there is none, until `finish`.
    private func run(on thread: UInt) {
        state.withLock { $0.thread = thread }
        while true {
            count.wait()
            guard let job = state.withLock({ $0.jobs.isEmpty ? nil : $0.jobs.removeFirst() }) else { return }
            job()
        }
    }

    /// Whether that thread is the one that runs the jobs.
    func isRun(by thread: UInt) -> Bool {
        state.withLock { $0.thread == thread }
    }
}
