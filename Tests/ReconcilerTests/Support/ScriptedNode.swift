import Reconciler
import Spec
import Synchronization

/// A driver that ends each step as a script says, and remembers in which order steps were tried.
final class ScriptedNode: NodeDriver {
    enum Ending: Sendable {
        case result(StepResult)
        case failure(StepError)
        /// Cancels nothing itself, but waits until the run is cancelled and then fails.
        case cutOff
    }

    struct Log: Sendable {
        var tried: [String] = []
        var running = 0
        var mostRunning = 0
    }

    let node: Name
    private let script: [String: Ending]
    private let log = Mutex(Log())
    private let onStart: @Sendable (String) -> Void

    init(_ node: Name, _ script: [String: Ending] = [:], onStart: @escaping @Sendable (String) -> Void = { _ in }) {
        self.node = node
        self.script = script
        self.onStart = onStart
    }

    var tried: [String] { log.withLock { $0.tried } }
    var mostRunning: Int { log.withLock { $0.mostRunning } }

    func observe() async -> NodeObservation { .notContacted }

    func perform(
        _ step: Step, report: @escaping @Sendable (StepProgress) -> Void
    ) async throws(StepError) -> StepResult {
        log.withLock {
            $0.tried.append(step.id.text)
            $0.running += 1
            $0.mostRunning = max($0.mostRunning, $0.running)
        }
        defer { log.withLock { $0.running -= 1 } }
        onStart(step.id.text)
        report(.waiting(step.id.text))
        for _ in 0..<3 { await Task.yield() }
        switch script[step.id.text] ?? .result(.done) {
        case .result(let result):
            return result
        case .failure(let error):
            throw error
        case .cutOff:
            while !Task.isCancelled { await Task.yield() }
            throw StepError("\(step.id) was interrupted")
        }
    }
}
