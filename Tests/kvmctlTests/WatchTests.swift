import Engine
import Formats
import Reconciler
import Testing

@testable import kvmctl

/// What is said of the loop of `apply --watch`.
struct WatchTests {
    static func round(_ status: RunStatus, plan: Plan? = nil, _ number: Int) -> WatchView {
        WatchView(
            event: .ended(
                ApplyRun.Outcome(status, plan: plan), number: number, took: .seconds(1), wait: .seconds(10)))
    }

    @Test("each round is a line, with what its plan came to where there was one")
    func lines() throws {
        let plan = Plan(cluster: try Samples.cluster(), steps: [])
        #expect(
            Self.round(.success, plan: plan, 1).line.text(in: .plain)
                == "round 1: ok in 1.0 s; Nothing to do. Next in 10.0 s.")
        #expect(
            Self.round(.nodeUnreachable, 3).line.text(in: .plain)
                == "round 3: exit code 7 in 1.0 s; Next in 10.0 s.")
        #expect(WatchView(event: .interrupted(rounds: 5)).line.text(in: .plain) == "Interrupted after 5 rounds.")
    }

    @Test("for programs it is an object to a line")
    func objects() throws {
        #expect(
            Self.round(.failed, 2).value.jsonLine
                == #"{"event":"round","round":2,"exitCode":1,"plan":null,"seconds":1.0,"nextInSeconds":10.0}"#)
        #expect(WatchView(event: .interrupted(rounds: 1)).value.jsonLine == #"{"event":"watchEnded","rounds":1}"#)
    }
}
