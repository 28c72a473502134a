import Foundation
import Testing

extension EndToEnd {
    /// Who is asked, what is refused without an answer, and what Ctrl-C does.
    @Suite("Consent", .serialized) struct ConsentTests {
        private static let spec = """
            instances:
              web: {profiles: [blank], count: 3, power: off}
            """

        @Test("Without a terminal and without --auto-approve nothing is done, and nothing hangs")
        func noTerminal() async throws {
            let lab = try await Lab.up()
            try await TestCluster.with(lab, "asked", Self.spec) { cluster in
                for verb in ["apply", "destroy"] {
                    let output = try await cluster.run(verb, timeout: .seconds(60))
                    #expect(output.status == 64, "\(output)")
                    #expect(output.stderr.contains("--auto-approve"), "\(output)")
                }
                try await cluster.expectNothing()
            }
        }

        @Test("At a terminal only a full yes is a yes", arguments: ["yes", "y"])
        func terminal(answer: String) async throws {
            let lab = try await Lab.up()
            try await TestCluster.with(lab, "typed", Self.spec) { cluster in
                let output = try await Program.run(
                    "/usr/bin/script", ["-qec", "\(lab.binary) apply -f \(cluster.file)", "/dev/null"],
                    environment: lab.environment, input: answer + "\n", timeout: .seconds(120))
                let there = try await cluster.instances().values.count { $0.node != nil }
                if answer == "yes" {
                    #expect(output.status == 0, "\(output)")
                    #expect(there == 3)
                } else {
                    #expect(output.status != 0, "\(output)")
                    #expect(there == 0)
                }
            }
        }

        @Test("A plan with more deletions than --max-deletes allows is refused whole")
        func maximum() async throws {
            let lab = try await Lab.up()
            try await TestCluster.with(lab, "limited", Self.spec) { cluster in
                try await cluster.apply()
                try cluster.write(
                    "instances:\n  web: {profiles: [blank], count: 1, power: off}\n  new: {profiles: [blank], power: off}"
                )
                let refused = try await cluster.apply("--max-deletes", "1", expecting: 6)
                #expect(refused.text.contains("--max-deletes 2"), "\(refused)")
                #expect(
                    try await cluster.instances().values.count { $0.node != nil } == 3, "not even the creation is done")
                try await cluster.apply(expecting: 6)
                try await cluster.apply("--max-deletes", "2")
                try await cluster.expectConverged()
                #expect(try await cluster.instances().keys.sorted() == ["new", "web-1"])
            }
        }

        @Test("Ctrl-C in the middle ends with 130 and says what was not started; the next apply converges")
        func interrupted() async throws {
            let lab = try await Lab.up()
            let spec = """
                instances:
                  big: {profiles: [base], node: kvm1, power: off}
                  web: {profiles: [blank], count: 2, placement: {spread: node}, power: off}
                """
            try await TestCluster.with(lab, "stopped", spec) { cluster in
                let run = try lab.start(
                    ["apply", "-f", cluster.file, "--auto-approve", "--log", cluster.folder.path + "/log"])
                let deadline = ContinuousClock.now + .seconds(60)
                let isCopying = { () -> Bool in
                    let log = (try? String(contentsOfFile: cluster.folder.path + "/log", encoding: .utf8)) ?? ""
                    return log.contains("/fetch started")
                }
                while !isCopying(), ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(5)) }
                #expect(isCopying())
                run.signal(SIGINT)
                let output = try await run.output(timeout: .seconds(60))
                #expect(output.status == 130, "\(output)")
                #expect(output.stdout.contains("Not started"), "\(output)")
                // It gave the lock back itself.
                try await cluster.apply()
                try await cluster.expectConverged()
            }
        }
    }
}
