import Dispatch

/// A serial queue that runs an actor's jobs, so that blocking C calls never occupy Swift's cooperative pool.
///
/// The actor owns its executor and returns it from `unownedExecutor`. A body without `await` inside is then serial,
/// runs on one queue, and may block. With two cores the cooperative pool has two threads: two blocked calls on it
/// would stop the program.
package final class QueueExecutor: SerialExecutor {
    private let queue: DispatchQueue

    package init(label: String) {
        queue = DispatchQueue(label: label)
    }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }

    package func checkIsolated() {
        dispatchPrecondition(condition: .onQueue(queue))
    }
}
