/// Runs jobs in the order in which they come, on a thread of its own; the caller never waits for them.
///
/// Jobs may block. The thread ends with the last reference, after its last job.
package final class SerialThread: Sendable {
    private let queue: JobQueue

    package init(label: String) { queue = JobQueue(runningOn: label) }

    deinit {
        queue.finish()
    }

    /// Adds a job to the end.
    package func add(_ job: @escaping @Sendable () -> Void) {
        queue.add(job)
    }

    /// Waits until all jobs before this call have been run, without blocking the caller's thread.
    package func drain() async {
        await withCheckedContinuation { continuation in
            queue.add { continuation.resume() }
        }
    }
}
