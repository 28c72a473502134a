import Engine
import Formats
import Reconciler

/// What happens in the loop of `apply --watch`.
struct WatchView {
    let event: Watch.Event

    /// For people.
    var line: Line {
        switch event {
        case .ended(let outcome, let number, let duration, let wait):
            let status = outcome.status == .success ? "ok" : "exit code \(outcome.status.exitCode)"
            let sentence = WatchView.sentence(outcome).map { " \($0)" } ?? ""
            return Line(
                "round \(number): \(status) in \(Printable.duration(duration));\(sentence) "
                    + "Next in \(Printable.duration(wait)).")
        case .interrupted(let rounds):
            return Line("Interrupted after \(DiagnosticsView.phrase(rounds, "round") ?? "no round").")
        }
    }

    /// For programs.
    var value: StructuredValue {
        switch event {
        case .ended(let outcome, let number, let duration, let wait):
            [
                "event": "round", "round": .count(number), "exitCode": .integer(Int64(outcome.status.exitCode)),
                "plan": .optional(WatchView.sentence(outcome)), "seconds": .number(WatchView.seconds(duration)),
                "nextInSeconds": .number(WatchView.seconds(wait)),
            ]
        case .interrupted(let rounds): ["event": "watchEnded", "rounds": .count(rounds)]
        }
    }

    /// What the plan came to; nil where there was none.
    private static func sentence(_ outcome: ApplyRun.Outcome) -> String? {
        outcome.plan.map { PlanSummary($0).sentence }
    }

    private static func seconds(_ duration: Duration) -> Double {
        let (seconds, attoseconds) = duration.components
        return Double(seconds) + Double(attoseconds / 1_000_000_000_000_000) / 1000
    }
}
