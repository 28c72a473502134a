import ArgumentParser
import Formats

/// The loop of `apply --watch`: a round, a line about it, a wait.
///
/// The wait differs a little each time, so that many loops do not ask the nodes at once, and doubles after each round
/// that could not do its work.
struct Watch: Sendable {
    let interval: Duration
    let format: RunFormat
    let context: RunContext
    /// A number from -1 to 1 that says where in the spread of the wait this one lies.
    var jitter: @Sendable () -> Double = { Double.random(in: -1...1) }
    /// Waits; throws where the task is cancelled.
    var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

    /// How a round ended, in a line's worth of words.
    struct Round: Sendable {
        var status: RunStatus
        /// What the plan came to; nil where there was none.
        var sentence: String?
    }

    /// Repeats rounds until the task is cancelled.
    ///
    /// - Throws: always, with the exit code of an interrupted run.
    func run(_ round: () async -> Round) async throws {
        var number = 0
        var failures = 0
        while !Task.isCancelled {
            number += 1
            let start = ContinuousClock.now
            let ended = await round()
            guard !Task.isCancelled else { break }
            failures = Watch.couldWork(ended.status) ? 0 : failures + 1
            let wait = Watch.wait(interval, failures: failures, jitter: jitter())
            tell(number, ended, took: ContinuousClock.now - start, wait: wait)
            do { try await sleep(wait) } catch { break }
        }
        switch format {
        case .text: context.say(Line("Interrupted after \(DiagnosticsView.phrase(number, "round") ?? "no round")."))
        case .json:
            let document: StructuredValue = ["event": "watchEnded", "rounds": .count(number)]
            context.surroundings.output(document.jsonLine + "\n")
        }
        throw ExitCode(.interrupted)
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

    private func tell(_ number: Int, _ round: Round, took duration: Duration, wait: Duration) {
        switch format {
        case .text:
            let status = round.status == .success ? "ok" : "exit code \(round.status.rawValue)"
            let sentence = round.sentence.map { " \($0)" } ?? ""
            context.say(
                Line(
                    "round \(number): \(status) in \(Printable.duration(duration));\(sentence) "
                        + "Next in \(Printable.duration(wait))."))
        case .json:
            let document: StructuredValue = [
                "event": "round", "round": .count(number), "exitCode": .integer(Int64(round.status.rawValue)),
                "plan": .optional(round.sentence), "seconds": .number(Watch.seconds(duration)),
                "nextInSeconds": .number(Watch.seconds(wait)),
            ]
            context.surroundings.output(document.jsonLine + "\n")
        }
    }

    private static func seconds(_ duration: Duration) -> Double {
        let (seconds, attoseconds) = duration.components
        return Double(seconds) + Double(attoseconds / 1_000_000_000_000_000) / 1000
    }
}
