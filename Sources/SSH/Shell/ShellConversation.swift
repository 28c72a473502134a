import Synchronization

/// The requests to one command shell and its answers to them.
final class ShellConversation: Sendable {
    typealias Answer = Result<CommandResult, SSHError>

    private struct Request {
        let name: String
        let outputLimit: Int
        let continuation: CheckedContinuation<Answer, Never>
        /// Why the caller no longer wants the answer, once it is so.
        var stop: SSHError.Reason?
    }

    private struct State {
        var parser: ReplyParser
        var requests: [Int: Request] = [:]
        /// Whose caller gave up before they were made.
        var stopped: Set<Int> = []
        var nextNumber = 0
        var failure: SSHError?
    }

    let target: String
    /// Set when the shell is ready, with what was written before as its output; or with why it never will be.
    let readiness = Keepalive.Outcome()
    private let state: Mutex<State>

    init(target: String, mark: String) {
        self.target = target
        state = Mutex(State(parser: ReplyParser(mark: mark)))
    }

    /// What came before the shell was ready.
    var greeting: [UInt8] { state.withLock { $0.parser.greeting } }

    /// Whether the shell takes requests.
    var isOpen: Bool { state.withLock { $0.failure == nil } }

    /// A number for the next request.
    func number() -> Int {
        state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
    }

    /// Notes who waits for an answer; false where it was given at once, and nothing is to be sent.
    func begin(
        _ number: Int, _ name: String, outputLimit: Int, _ continuation: CheckedContinuation<Answer, Never>
    ) -> Bool {
        let failure = state.withLock { state -> SSHError? in
            if let failure = state.failure { return failure }
            if state.stopped.remove(number) != nil { return SSHError(target: target, reason: .cancelled) }
            state.requests[number] = Request(name: name, outputLimit: outputLimit, continuation: continuation)
            return nil
        }
        if let failure { continuation.resume(returning: .failure(failure)) }
        return failure == nil
    }

    /// Notes that the caller no longer wants an answer; true where the shell has to be told.
    func stop(_ number: Int, _ reason: SSHError.Reason) -> Bool {
        state.withLock { state in
            guard let request = state.requests[number] else {
                state.stopped.insert(number)
                return false
            }
            if request.stop == nil { state.requests[number]?.stop = reason }
            return request.stop == nil
        }
    }

    /// Whether the caller no longer wants an answer that is still to come.
    func isStopped(_ number: Int) -> Bool { state.withLock { $0.requests[number]?.stop != nil } }

    /// Answers a stopped request whose command does not end.
    func giveUp(_ number: Int) {
        let request = state.withLock { $0.requests.removeValue(forKey: number) }
        guard let request else { return }
        request.continuation.resume(returning: failure(request.stop ?? .commandVanished(request.name)))
    }

    /// Forgets a request that has its answer.
    func forget(_ number: Int) { state.withLock { _ = $0.stopped.remove(number) } }

    /// Takes what the shell wrote; false where it is broken, and everybody was told.
    func take(_ bytes: [UInt8]) -> Bool {
        let events = state.withLock { state in try? state.parser.take(bytes) }
        guard let events else {
            end(nil)
            return false
        }
        for event in events { answer(event) }
        return true
    }

    /// Tells everybody who waits that the shell has ended, and how.
    func ended(_ result: CommandResult) {
        let isReady = state.withLock { $0.parser.isReady }
        // Before that nothing ran that could have been lost.
        end(isReady ? nil : SSHError(target: target, reason: .shellEnded(result.ending, words(result))))
    }

    /// The last lines of its errors, or else of what was written in its place.
    private func words(_ result: CommandResult) -> String {
        [result.errorOutput, String(decoding: greeting, as: UTF8.self)].map { text in
            text.split(whereSeparator: \.isNewline).suffix(5).joined(separator: " ")
        }.first { !$0.isEmpty } ?? ""
    }

    /// Tells everybody who waits that no answer comes: because of an error, or since the shell itself is gone.
    func end(_ error: SSHError?) {
        let requests = state.withLock { state in
            if state.failure == nil {
                state.failure = error ?? SSHError(target: target, reason: .commandVanished("the command shell"))
            }
            defer { state.requests = [:] }
            return Array(state.requests.values)
        }
        for request in requests {
            let gone = error.map { Answer.failure($0) } ?? failure(.commandVanished(request.name))
            request.continuation.resume(returning: request.stop.map { failure($0) } ?? gone)
        }
        readiness.set(.failure(error ?? SSHError(target: target, reason: .commandVanished("the command shell"))))
    }

    private func answer(_ event: ReplyParser.Event) {
        switch event {
        case .ready(let preamble):
            readiness.set(
                .success(CommandResult(ending: .exited(0), standardOutput: preamble, standardError: [])))
        case .ended(let number, let result):
            answer(number) { request in
                let size = max(result.standardOutput.count, result.standardError.count)
                return size <= request.outputLimit
                    ? .success(result) : self.failure(.outputTooLarge(request.name, limit: request.outputLimit))
            }
        case .tooLarge(let number):
            answer(number) { self.failure(.outputTooLarge($0.name, limit: $0.outputLimit)) }
        case .noSpace(let number): answer(number) { self.failure(.noSpaceForOutput($0.name)) }
        }
    }

    private func answer(_ number: Int, _ result: (Request) -> Answer) {
        guard let request = state.withLock({ $0.requests.removeValue(forKey: number) }) else { return }
        request.continuation.resume(returning: request.stop.map { failure($0) } ?? result(request))
    }

    private func failure(_ reason: SSHError.Reason) -> Answer {
        .failure(SSHError(target: target, reason: reason))
    }
}
