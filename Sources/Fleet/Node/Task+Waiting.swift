import Synchronization

extension Task where Failure == any Error {
    /// The task's value, for whoever waits no longer than until its own task is cancelled; this one goes on.
    func unlessCancelled() async throws -> Success {
        let waiter = Waiter<Success>()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                waiter.begin(continuation)
                Task<Void, Never> { waiter.end(await result) }
            }
        } onCancel: {
            waiter.cancel()
        }
    }
}

/// Somebody who waits for one of two things, whichever comes first.
private final class Waiter<Value: Sendable>: Sendable {
    private enum State {
        case idle
        case waiting(CheckedContinuation<Value, any Error>)
        case ended(Result<Value, any Error>)
        case told
    }

    private let state = Mutex(State.idle)

    func begin(_ continuation: CheckedContinuation<Value, any Error>) {
        let known = state.withLock { state -> Result<Value, any Error>? in
            guard case .ended(let result) = state else {
                state = .waiting(continuation)
                return nil
            }
            state = .told
            return result
        }
        if let known { continuation.resume(with: known) }
    }

    func cancel() { end(.failure(CancellationError())) }

    func end(_ result: Result<Value, any Error>) {
        let continuation = state.withLock { state -> CheckedContinuation<Value, any Error>? in
            switch state {
            case .idle: state = .ended(result)
            case .waiting(let continuation):
                state = .told
                return continuation
            case .ended, .told: break
            }
            return nil
        }
        continuation?.resume(with: result)
    }
}
