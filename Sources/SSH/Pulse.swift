import Synchronization

/// The signs of life that the holder of a lock gets from us, and whether none came too late.
///
/// It goes by the clock that runs on while this machine sleeps: a holder on a node does not wait for a closed lid. Once
/// late is late for ever, since somebody else may have had the lock meanwhile.
package final class Pulse: Sendable {
    private struct State {
        var last: ContinuousClock.Instant?
        var isLost = false
    }

    private let patience: Duration
    private let state = Mutex(State())

    /// - Parameter patience: the longest time between two signs, shorter than the silence after which the holder gives up.
    package init(patience: Duration = .seconds(25)) { self.patience = patience }

    /// Notes that a sign is given; false when it comes too late.
    package func beat(at now: ContinuousClock.Instant = .now) -> Bool {
        state.withLock { state in
            look(&state, now)
            state.last = now
            return !state.isLost
        }
    }

    /// Whether no sign came too late, and none is overdue.
    package func isAlive(at now: ContinuousClock.Instant = .now) -> Bool {
        state.withLock { state in
            look(&state, now)
            return !state.isLost
        }
    }

    private func look(_ state: inout State, _ now: ContinuousClock.Instant) {
        if let last = state.last, last.duration(to: now) > patience { state.isLost = true }
    }
}
