import Foundation
import Testing

extension EndToEnd {
    /// What the README tells people to try first.
    @Suite("The demo", .serialized) struct DemoLongTests {
        @Test("make demo brings up the examples from a clean copy, and the commands that it prints take them away")
        func demo() async throws {
            let lab = try await Lab.up()
            let copy = lab.root.appending(path: ".build/clone").path
            // The examples name the lab beside them, as it is in a checkout.
            try? FileManager.default.removeItem(atPath: copy + "/.lab")
            try FileManager.default.createSymbolicLink(atPath: copy + "/.lab", withDestinationPath: lab.state)
            func shell(_ script: String) async throws -> Output {
                try await Program.run(
                    "/bin/bash", ["-euc", "cd \"$0\"; \(script)", copy],
                    environment: ["KVMCTL_LAB": lab.state, "XDG_STATE_HOME": lab.environment["XDG_STATE_HOME"] ?? ""],
                    timeout: .seconds(2400))
            }
            let demo = try await shell("make demo").expecting()
            let words = try #require(demo.stdout.components(separatedBy: "To go on by hand:\n").last)
            let commands = words.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            let environment = try #require(commands.first { $0.hasPrefix("eval ") })
            let destruction = try #require(commands.first { $0.contains(" destroy ") })
            let plan = try #require(commands.first { $0.contains(" plan ") })
            #expect(
                try await shell("\(environment); \(plan) --detailed-exitcode").expecting().stdout == "Nothing to do.\n")
            let removal = destruction.split(separator: ";").map { "\($0) --auto-approve --delete-data" }
            try await shell("\(environment); \(removal.joined(separator: "; "))").expecting()
            for node in ["kvm1", "kvm2"] { #expect(try await lab.traces(of: "demo", on: node) == [], "\(node)") }
        }
    }
}
