import Libvirt
import Reconciler
import Spec
import Testing

@testable import Fleet

/// When a migration is helped to its end, and when it is given up.
@Suite("Watching a migration") struct MigrationWatchTests {
    private func progress(slowdown: Int, iteration: UInt64 = 5, processed: UInt64 = 1, downtime: UInt64? = 2_000)
        -> MigrationProgress
    {
        var progress = MigrationProgress()
        progress.slowdown = slowdown
        progress.iteration = iteration
        progress.processed = processed
        progress.downtime = downtime
        return progress
    }

    @Test(
        "Post-copy comes where the spec allows it and slowing down was in vain, a longer pause where it does not",
        arguments: [
            (true, 30, UInt64(5), nil), (true, 40, 2, nil), (true, 40, 3, MigrationWatch.Help.postCopy),
            (false, 80, 5, nil), (false, 90, 2, nil), (false, 99, 5, .pause(2_500)),
        ] as [(Bool, Int, UInt64, MigrationWatch.Help?)])
    func help(allowsPostCopy: Bool, slowdown: Int, iteration: UInt64, expected: MigrationWatch.Help?) {
        var policy = MigrationPolicy()
        policy.postCopy = allowsPostCopy
        let watch = MigrationWatch(policy)
        let state = progress(slowdown: slowdown, iteration: iteration)
        #expect(watch.help(at: state, now: .now) == expected)
        guard let expected else { return }
        watch.gave(expected)
        #expect(watch.help(at: state, now: .now) == nil, "once is enough")
    }

    @Test("No pause is longer than clients wait")
    func longestPause() {
        let watch = MigrationWatch(MigrationPolicy())
        #expect(watch.help(at: progress(slowdown: 99, downtime: 60_000), now: .now) == .pause(5_000))
    }

    @Test("It is aborted when nothing was sent for half a minute, once, in post-copy too")
    func stalls() {
        let start = ContinuousClock.now
        func check(_ watch: MigrationWatch, _ seconds: Int, processed: UInt64?) -> Bool {
            let state = processed.map { progress(slowdown: 0, processed: $0) }
            if let state { _ = watch.help(at: state, now: start + .seconds(seconds)) }
            return watch.stalls(now: start + .seconds(seconds))
        }
        let watch = MigrationWatch(MigrationPolicy())
        #expect(!check(watch, 0, processed: nil))
        #expect(!check(watch, 10, processed: 1))
        #expect(!check(watch, 39, processed: 1))
        #expect(!check(watch, 40, processed: 2), "it goes on")
        #expect(!check(watch, 70, processed: 2))
        #expect(check(watch, 71, processed: 2) && watch.isStalled)
        #expect(!check(watch, 120, processed: 2), "once")
        let fetching = MigrationWatch(MigrationPolicy())
        fetching.gave(.postCopy)
        #expect(!check(fetching, 0, processed: 1) && check(fetching, 90, processed: 1))
    }
}
