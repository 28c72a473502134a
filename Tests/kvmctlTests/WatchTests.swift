import ArgumentParser
import Synchronization
import Testing

@testable import kvmctl

/// The loop of `apply --watch`, without time passing.
struct WatchTests {
    @Test("the wait doubles with each failure in a row, up to sixteenfold, give or take a tenth")
    func wait() {
        #expect(Watch.wait(.seconds(60), failures: 0, jitter: 0) == .seconds(60))
        #expect(Watch.wait(.seconds(60), failures: 1, jitter: 0) == .seconds(120))
        #expect(Watch.wait(.seconds(60), failures: 4, jitter: 0) == .seconds(960))
        #expect(Watch.wait(.seconds(60), failures: 40, jitter: 0) == .seconds(960))
        #expect(Watch.wait(.seconds(60), failures: 0, jitter: 1) == .seconds(66))
        #expect(Watch.wait(.seconds(60), failures: 0, jitter: -1) == .seconds(54))
        #expect(Watch.wait(.seconds(60), failures: 0, jitter: 9) == .seconds(66))
    }

    @Test("each round is a line; failures wait longer, refusals do not; an interruption ends it")
    func rounds() async throws {
        let recorder = Recorder()
        let fleet = PretendFleet(node: try Samples.name("kvm1"), try ApplyFlowTests.node())
        let waits = Mutex<[Duration]>([])
        let context = RunContext(
            surroundings: recorder.surroundings(), appearance: try AppearanceOptions.parse([])
        ) { _ in fleet }
        var watch = Watch(interval: .seconds(10), format: .text, context: context)
        watch.jitter = { 0 }
        watch.sleep = { duration in
            let count = waits.withLock { waits in
                waits.append(duration)
                return waits.count
            }
            if count == 5 { throw CancellationError() }
        }
        let ends = Mutex<[RunStatus]>([.success, .failed, .nodeUnreachable, .refused, .success])
        let error = await #expect(throws: ExitCode.self) {
            try await watch.run {
                Watch.Round(status: ends.withLock { $0.removeFirst() }, sentence: "Nothing to do.")
            }
        }
        #expect(error?.rawValue == 130)
        #expect(waits.withLock { $0 } == [.seconds(10), .seconds(20), .seconds(40), .seconds(10), .seconds(10)])
        let lines = recorder.errors.split(separator: "\n")
        #expect(lines.count == 6)
        #expect(lines.first?.hasPrefix("round 1: ok in ") == true)
        #expect(lines.first?.hasSuffix("; Nothing to do. Next in 10.0 s.") == true)
        #expect(lines.dropFirst(2).first?.hasPrefix("round 3: exit code 7 in ") == true)
        #expect(lines.last == "Interrupted after 5 rounds.")
    }
}
