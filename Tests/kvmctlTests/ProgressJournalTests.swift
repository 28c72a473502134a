import ArgumentParser
import Fleet
import Reconciler
import Testing

@testable import kvmctl

struct ProgressJournalTests {
    static func journal() throws -> ProgressJournal {
        ProgressJournal(nodes: [try Samples.name("kvm1"), try Samples.name("kvm10")])
    }

    @Test("short steps have a line when they end, long ones also when they begin, durations above a second are told")
    func lines() throws {
        var journal = try Self.journal()
        let short = try Samples.start("web-1", on: "kvm1")
        let long = try Samples.wait(for: "web-1", on: "kvm10")
        let events: [(ExecutionEvent, Duration)] = [
            (.started(short), .zero), (.ended(short, .done), .milliseconds(400)), (.started(long), .seconds(1)),
            (.progress(long, .waiting("no answer")), .seconds(2)), (.ended(long, .done), .seconds(95)),
        ]
        let lines = events.compactMap { journal.line(for: $0.0, at: $0.1)?.text(in: .plain) }
        #expect(
            lines == [
                "  kvm1   ✓ start demo.web-1", "  kvm10  … wait until demo.web-1 is ready (address)",
                "  kvm10  ✓ wait until demo.web-1 is ready (address)  (1 m 34 s)",
            ])
        #expect(journal.durations[long.id] == .seconds(94))
    }

    @Test("how a step ended can be seen")
    func outcomes() throws {
        let step = try Samples.start("web-1", on: "kvm1")
        let cases: [(ExecutionReport.Outcome, String?)] = [
            (.unchanged, "  kvm1   = start demo.web-1: nothing to do"),
            (.skipped("it is gone"), "  kvm1   ! start demo.web-1: it is gone"),
            (.failed(StepError("no memory", causes: ["a", "b"])), "  kvm1   ✗ start demo.web-1: no memory"),
            (.dependencyFailed(step.id), nil), (.notStarted, nil),
        ]
        for (outcome, expected) in cases {
            var journal = try Self.journal()
            _ = journal.line(for: .started(step), at: .zero)
            #expect(journal.line(for: .ended(step, outcome), at: .zero)?.text(in: .plain) == expected)
        }
    }

    @Test("what a guest's console says is shown to whoever asked for it, for people and for programs")
    func console() throws {
        let step = try Samples.start("web-1", on: "kvm1")
        func shown(_ format: RunFormat, _ watches: Bool) throws -> String {
            let recorder = Recorder()
            let context = RunContext(
                surroundings: recorder.surroundings(), appearance: try AppearanceOptions.parse([])
            ) {
                NodeConnections($0)
            }
            let reporter = StepReporter(
                format: format, nodes: [step.node], watchesConsole: watches, log: nil, context: context)
            reporter.report(.progress(step, .console(["Formatting /dev/vda1", "done"])))
            return recorder.output + recorder.errors
        }
        #expect(try shown(.text, true) == "  web-1| Formatting /dev/vda1\n  web-1| done\n")
        let document = try shown(.json, true)
        #expect(document.contains("\"event\":\"console\"") && document.contains("Formatting /dev/vda1"), "\(document)")
        for format in [RunFormat.text, .json] { #expect(try shown(format, false).isEmpty) }
    }

    @Test("what never began has no line")
    func neverBegan() throws {
        var journal = try Self.journal()
        #expect(journal.line(for: .ended(try Samples.start("a", on: "kvm1"), .notStarted), at: .zero) == nil)
    }

    @Test("the sign of life tells what takes longest, how far it is, and what else runs")
    func activity() throws {
        var journal = try Self.journal()
        #expect(journal.activity(at: .zero) == nil)
        let first = try Samples.wait(for: "web-1", on: "kvm1")
        let second = try Samples.start("web-2", on: "kvm10")
        _ = journal.line(for: .started(first), at: .seconds(1))
        _ = journal.line(for: .started(second), at: .seconds(2))
        #expect(
            journal.activity(at: .seconds(11))?.text(in: .plain)
                == "  kvm1   … wait until demo.web-1 is ready (address), 10.0 s; start demo.web-2")
        _ = journal.line(for: .progress(first, .bytes(done: 50 << 20, total: 200 << 20)), at: .seconds(3))
        #expect(
            journal.activity(at: .seconds(11), barWidth: 8)?.text(in: .plain)
                == "  kvm1   … wait until demo.web-1 is ready (address), 10.0 s: [##......] 50MiB of 200MiB; start demo.web-2"
        )
        #expect(
            journal.activity(at: .seconds(11), width: 70)?.text(in: .plain)
                == "  kvm1   … wait until demo.web-1 is ready (address), 10.0 s: 50MiB of 200MiB; 1 more")
    }

    @Test("what is sent has a rate and an end, of which what was there before is no part")
    func pace() throws {
        var journal = try Self.journal()
        let step = try Samples.wait(for: "web-1", on: "kvm1")
        _ = journal.line(for: .started(step), at: .zero)
        _ = journal.line(for: .progress(step, .bytes(done: 100 << 20, total: 200 << 20)), at: .seconds(1))
        func text() -> String? {
            journal.activity(at: .seconds(11))?.text(in: .plain).split(separator: ": ").last.map(String.init)
        }
        #expect(text() == "100MiB of 200MiB")
        _ = journal.line(for: .progress(step, .bytes(done: 150 << 20, total: 200 << 20)), at: .seconds(11))
        #expect(text() == "150MiB of 200MiB, 5MiB a second, 10.0 s left")
        _ = journal.line(for: .progress(step, .bytes(done: 200 << 20, total: 200 << 20)), at: .seconds(11))
        #expect(text() == "200MiB of 200MiB, 10MiB a second")
        _ = journal.line(for: .progress(step, .bytes(done: 200 << 20, total: nil)), at: .seconds(11))
        #expect(text() == "200MiB, 10MiB a second")
    }

    @Test("each guest that is waited for is named with what it lacks, as far as the line's width takes it")
    func waiting() throws {
        var journal = try Self.journal()
        for number in 1...4 {
            let step = try Samples.wait(for: "web-\(number)", on: "kvm1")
            _ = journal.line(for: .started(step), at: .seconds(number))
            let what = number == 3 ? "no SSH server answers at 10.77.0.153" : "10.77.0.15\(number) does not answer"
            _ = journal.line(for: .progress(step, .waiting(what)), at: .seconds(5))
        }
        let first = "  kvm1   … web-1: 10.77.0.151 does not answer, 10.0 s"
        let second = "; web-2: 10.77.0.152 does not answer"
        let third = "; web-3: no SSH server answers at 10.77.0.153"
        func text(_ width: Int) -> String? { journal.activity(at: .seconds(11), width: width)?.text(in: .plain) }
        #expect(text(200) == first + second + third + "; web-4: 10.77.0.154 does not answer")
        #expect(text(150) == first + second + third + "; 1 more")
        #expect(text(100) == first + second + "; 2 more")
        #expect(text(80) == first + "; 3 more")
    }

    @Test("what somebody should know of a step stands in the line that says how it ended")
    func notes() throws {
        for (outcome, sign, words) in [
            (ExecutionReport.Outcome.done, "✓", ": kept /etc/a; kept /etc/b"),
            (.failed(StepError("it broke")), "✗", ": it broke; kept /etc/a; kept /etc/b"),
        ] {
            var journal = try Self.journal()
            let step = try Samples.wait(for: "web-1", on: "kvm1")
            _ = journal.line(for: .started(step), at: .zero)
            for path in ["/etc/a", "/etc/b"] {
                #expect(journal.line(for: .progress(step, .noted("kept \(path)")), at: .seconds(1)) == nil)
            }
            #expect(
                journal.line(for: .ended(step, outcome), at: .zero)?.text(in: .plain)
                    == "  kvm1   \(sign) wait until demo.web-1 is ready (address)\(words)")
        }
    }

    @Test("a migration tells what was sent, what is left, how fast and how it is helped; in the end what it took")
    func migration() throws {
        var journal = try Self.journal()
        let step = try Samples.wait(for: "web-1", on: "kvm1")
        _ = journal.line(for: .started(step), at: .zero)
        var state = MigrationState(
            transferred: 200 << 20, remaining: 56 << 20, rate: 40 << 20, expectedDowntime: 120, slowdown: 30)
        _ = journal.line(for: .progress(step, .migration(state)), at: .seconds(3))
        let head = "  kvm1   … wait until demo.web-1 is ready (address), 5.0 s: "
        #expect(
            journal.activity(at: .seconds(5))?.text(in: .plain)
                == head
                + "200MiB sent, 56MiB to go, 40MiB a second, 120 ms downtime if switched over now, auto-converge at 30 %"
        )
        state.isPostCopy = true
        _ = journal.line(for: .progress(step, .migration(state)), at: .seconds(4))
        #expect(
            journal.activity(at: .seconds(5))?.text(in: .plain)
                == head + "200MiB sent, 56MiB to go, 40MiB a second, runs at its destination already")
        let outcome = MigrationOutcome(transferred: 327 << 20, downtime: 208, slowdown: 30, usedPostCopy: true)
        _ = journal.line(for: .progress(step, .migrated(outcome)), at: .seconds(5))
        #expect(
            journal.line(for: .ended(step, .done), at: .seconds(7))?.text(in: .plain)
                == "  kvm1   ✓ wait until demo.web-1 is ready (address): 327MiB sent, 208 ms downtime, "
                + "post-copy, after auto-converge at 30 %  (7.0 s)")
    }

    @Test(
        "a bar is never fuller than full",
        arguments: [(0, 10, "[....]"), (5, 10, "[##..]"), (20, 10, "[####]"), (0, 0, "[####]")])
    func bar(done: UInt64, total: UInt64, expected: String) {
        #expect(ProgressJournal.bar(done, of: total, width: 4) == expected)
    }
}
