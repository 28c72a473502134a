import Testing

@testable import Fleet

@Suite("Waiting for a task of somebody else's") struct TaskWaitingTests {
    private struct Failure: Error {}

    @Test("it gives the task's value, and its error")
    func value() async throws {
        #expect(try await Task<Int, any Error> { 3 }.unlessCancelled() == 3)
        await #expect(throws: Failure.self) { try await Task<Int, any Error> { throw Failure() }.unlessCancelled() }
    }

    @Test("it ends when the one who waits is cancelled, and the task goes on")
    func cancelled() async throws {
        let (opening, open) = AsyncStream.makeStream(of: Never.self)
        let task = Task<Int, any Error> {
            for await _ in opening {}
            return 4
        }
        let waiting = Task { try await task.unlessCancelled() }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        open.finish()
        #expect(try await task.value == 4)
    }
}
