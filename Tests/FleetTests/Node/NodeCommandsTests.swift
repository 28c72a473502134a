import Foundation
import SSH
import Testing

@testable import Fleet

@Suite("Scripts on a node")
struct NodeCommandsTests {
    @Test("a script whose time is up ends on the node with all that it started")
    func limit() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let script = Script(
                "sh -c 'sleep 3; touch \"$1\"' sh \"$1\" & echo $! >\"$1.pid\"; wait", ["\(test.folder)/late"])
            let result = try await test.commands.shell.run(
                test.commands.words(script, limit: 1), input: [], timeout: nil)
            #expect(result.ending == .exited(124))
            let process = try String(contentsOfFile: "\(test.folder)/late.pid", encoding: .utf8)
            // Longer than the script would have taken.
            try await test.commands.run("waiting", Script("sleep 3; ! kill -0 \"$1\"", [process.filter(\.isNumber)]))
            #expect(try !test.files.contains("late"))
        }
    }

    @Test("that a script's time was up is said in words")
    func late() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let error = await #expect(throws: StepProblem.self) {
                try await test.commands.run("writing slowly", Script("exit 124"), timeout: .seconds(40))
            }
            #expect(error?.reason == "writing slowly did not finish within 40 s and was aborted")
        }
    }

    @Test("a script's own status and input go through")
    func through() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let result = try await test.commands.attempt("reading", Script("cat; exit 5"), input: Array("text".utf8))
            #expect(result.output == "text")
            #expect(result.status == 5)
        }
    }
}
