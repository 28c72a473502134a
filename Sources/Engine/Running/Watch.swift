/// The loop of `apply --watch`: a round, a word about it, a wait.
///
/// The wait differs a little each time, so that many loops do not ask the nodes at once, and doubles after each round
/// that could not do its work.
package struct Watch: Sendable {
    /// What there is to say of the loop.
    package enum Event: Sendable {
        /// A round ended; the next one begins after the wait.
        case ended(ApplyRun.Outcome, number: Int, took: Duration, wait: Duration)
        /// The loop was interrupted after so many rounds.
        case interrupted(rounds: Int)
    }

    private let interval: Duration
    /// A number from -1 to 1 that says where in the spread of the wait this one lies.
    var jitter: @Sendable () -> Double = { Double.random(in: -1...1) }
    /// Waits; throws where the task is cancelled.
    var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

    package init(every interval: Duration) {
        self.interval = interval
    }

    /// Repeats rounds until the task is cancelled.
    package func run(
        _ round: () async -> ApplyRun.Outcome, telling: (Event) -> Void
    ) async {
        var number = 0
        var failures = 0
        while !Task.isCancelled {
            number += 1
            let start = ContinuousClock.now
            let outcome = await round()
            guard !Task.isCancelled else { break }
            failures = Watch.couldWork(outcome.status) ? 0 : failures + 1
            let wait = Watch.wait(interval, failures: failures, jitter: jitter())
            telling(.ended(outcome, number: number, took: ContinuousClock.now - start, wait: wait))
            do { try await sleep(wait) } catch { break }
        }
        telling(.interrupted(rounds: number))
    }

    /// The wait after a round: the interval, doubled for each failure in a row up to sixteenfold, give or take a tenth.
    static func wait(_ interval: Duration, failures: Int, jitter: Double) -> Duration {
        let doubled = interval * (1 << min(failures, 4))
        return doubled + doubled * (max(-1, min(1, jitter)) * 0.1)
    }

    /// Whether waiting longer would help nobody: what is refused needs a person, not time.
    private static func couldWork(_ status: RunStatus) -> Bool {
        switch status {
        case .success, .refused, .changesPending: true
        default: false
        }
    }
}
