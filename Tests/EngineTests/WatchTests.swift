import Synchronization
import Testing

@testable import Engine

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

    @Test("each round is told; failures wait longer, refusals do not; an interruption ends it")
    func rounds() async throws {
        let waits = Mutex<[Duration]>([])
        var watch = Watch(every: .seconds(10))
        watch.jitter = { 0 }
        watch.sleep = { duration in
            let count = waits.withLock { waits in
                waits.append(duration)
                return waits.count
            }
            if count == 5 { throw CancellationError() }
        }
        let ends = Mutex<[RunStatus]>([.success, .failed, .nodeUnreachable, .refused, .success])
        var told: [RunStatus?] = []
        await watch.run {
            ApplyRun.Outcome(ends.withLock { $0.removeFirst() })
        } telling: { event in
            switch event {
            case .ended(let outcome, let number, _, _):
                told.append(outcome.status)
                #expect(told.count == number)
            case .interrupted(let rounds):
                told.append(nil)
                #expect(rounds == 5)
            }
        }
        #expect(told == [.success, .failed, .nodeUnreachable, .refused, .success, nil])
        #expect(waits.withLock { $0 } == [.seconds(10), .seconds(20), .seconds(40), .seconds(10), .seconds(10)])
    }
}
