import Synchronization

/// Lets through a report every tenth of a second at most.
final class Throttle: Sendable {
    private static let interval = Duration.milliseconds(100)

    private let next = Mutex(ContinuousClock.now)

    /// Runs `body` unless another ran just before; `isLast` runs it in any case.
    func pass(isLast: Bool = false, _ body: () -> Void) {
        let now = ContinuousClock.now
        let passes = next.withLock { next in
            guard isLast || now >= next else { return false }
            next = now.advanced(by: Throttle.interval)
            return true
        }
        if passes { body() }
    }
}
