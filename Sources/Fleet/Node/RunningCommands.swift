import SSH
import Synchronization

/// The commands that run on this machine for one node, so that all can be ended at once.
final class RunningCommands: Sendable {
    private struct State {
        var tasks: [Int: Task<CommandResult, any Error>] = [:]
        var next = 0
        var isCutOff = false
    }

    private let state = Mutex(State())

    /// Runs a command in a task of its own, which ends with the caller's or when all are cut off.
    func run(_ body: @escaping @Sendable () async throws -> CommandResult) async throws -> CommandResult {
        // It begins only once it can be cut off.
        let (mayBegin, begin) = AsyncStream.makeStream(of: Never.self)
        let task = Task {
            for await _ in mayBegin {}
            try Task.checkCancellation()
            return try await body()
        }
        let number = state.withLock { state -> Int? in
            guard !state.isCutOff else { return nil }
            state.next += 1
            state.tasks[state.next] = task
            return state.next
        }
        defer { if let number { state.withLock { $0.tasks[number] = nil } } }
        if number == nil { task.cancel() }
        begin.finish()
        let result = await withTaskCancellationHandler {
            await task.result
        } onCancel: {
            task.cancel()
        }
        guard !state.withLock({ $0.isCutOff }) else { throw LocalShellError.cutOff }
        return try result.get()
    }

    /// Ends all, and lets no other begin.
    func cutOff() {
        let tasks = state.withLock { state in
            state.isCutOff = true
            return Array(state.tasks.values)
        }
        for task in tasks { task.cancel() }
    }
}
