import CLibssh
import Glibc
import Synchronization

/// The only way into a session's thread: requests go into a locked queue, and an eventfd wakes the loop.
///
/// Every request is answered exactly once: with the loop, on its thread, or with the error that ended the session.
final class Mailbox: Sendable {
    /// What a request gets.
    enum Delivery {
        case loop(SessionLoop)
        case ended(SSHError)
    }

    typealias Request = @Sendable (Delivery) -> Void

    private struct State {
        var requests: [Request] = []
        var ended: SSHError?
        var wantsEnd = false
        var nextTicket: UInt64 = 1
    }

    /// An eventfd: readable while something waits to be done.
    let wakeup: CInt
    private let state = Mutex(State())

    init() throws(SystemFailure) {
        wakeup = eventfd(0, O_CLOEXEC | O_NONBLOCK)
        guard wakeup >= 0 else { throw SystemFailure("eventfd") }
    }

    deinit {
        _ = Glibc.close(wakeup)
    }

    /// A number that names one request, so that it can be cancelled.
    func ticket() -> UInt64 {
        state.withLock { state in
            defer { state.nextTicket += 1 }
            return state.nextTicket
        }
    }

    /// Queues a request, or answers it at once with the error that ended the session.
    func post(_ request: @escaping Request) {
        let ended = state.withLock { state -> SSHError? in
            if state.ended == nil { state.requests.append(request) }
            return state.ended
        }
        if let ended { request(.ended(ended)) } else { wake() }
    }

    /// Asks the thread to end, also in the middle of connecting; may be called any number of times.
    func requestEnd() {
        state.withLock { $0.wantsEnd = true }
        wake()
    }

    /// Whether somebody asked the thread to end.
    var wantsEnd: Bool { state.withLock { $0.wantsEnd } }

    /// Takes what is queued and rearms the wake-up; the session's thread calls this.
    func take() -> [Request] {
        var count: UInt64 = 0
        _ = read(wakeup, &count, MemoryLayout.size(ofValue: count))
        return state.withLock { state in
            defer { state.requests = [] }
            return state.requests
        }
    }

    /// Answers everything queued, and everything to come, with this error.
    func end(with error: SSHError) {
        let rest = state.withLock { state -> [Request] in
            if state.ended == nil { state.ended = error }
            defer { state.requests = [] }
            return state.requests
        }
        for request in rest { request(.ended(error)) }
    }

    private func wake() {
        var one: UInt64 = 1
        _ = write(wakeup, &one, MemoryLayout.size(ofValue: one))
    }
}
