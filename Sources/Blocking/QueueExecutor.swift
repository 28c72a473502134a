import Glibc

/// A serial queue that runs an actor's jobs on a thread of its own, so that blocking C calls never occupy Swift's pool.
///
/// The actor owns its executor and returns it from `unownedExecutor`. A body without `await` inside is then serial,
/// runs on one thread, and may block. With two cores the cooperative pool has two threads: two blocked calls on it
/// would stop the program. The thread ends with the executor, after its last job.
package final class QueueExecutor: SerialExecutor {
    private let queue: JobQueue

    package init(label: String) { queue = JobQueue(runningOn: label) }

    deinit {
        queue.finish()
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        // The closure keeps the executor alive until an actor's last job, which may be its deinit, has run.
        queue.add { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    package func checkIsolated() {
        precondition(queue.isRun(by: pthread_self()), "not on the executor's thread")
    }
}
