import Blocking
import Dispatch
import Synchronization
import Testing

@Suite("Queue executors")
struct QueueExecutorTests {
    /// An actor on a queue of its own that blocks until as many as expected do the same.
    private actor Blocker {
        private let executor = QueueExecutor(label: "blocker")
        nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

        func meet(_ group: DispatchGroup) {
            group.leave()
            group.wait()
        }
    }

    /// An actor that counts on its own queue and tells at its end how far it came.
    private actor Counter {
        private let executor = QueueExecutor(label: "counter")
        nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
        private var count = 0
        private let atEnd: @Sendable (Int) -> Void

        init(atEnd: @escaping @Sendable (Int) -> Void) {
            self.atEnd = atEnd
        }

        isolated deinit {
            preconditionIsolated()
            atEnd(count)
        }

        func step() {
            count += 1
        }
    }

    @Test("More actors than Dispatch has threads can wait for each other", .timeLimit(.minutes(1)))
    func manyBlocked() async {
        let group = DispatchGroup()
        let count = 400
        for _ in 0..<count { group.enter() }
        await withTaskGroup { tasks in
            for _ in 0..<count { tasks.addTask { await Blocker().meet(group) } }
        }
    }

    @Test("Calls from many tasks run one after the other, and the actor's end runs on its own queue")
    func serial() async {
        let total = await withCheckedContinuation { continuation in
            Task {
                let counter = Counter { continuation.resume(returning: $0) }
                await withTaskGroup { tasks in
                    for _ in 0..<1000 { tasks.addTask { await counter.step() } }
                }
            }
        }
        #expect(total == 1000)
    }
}
