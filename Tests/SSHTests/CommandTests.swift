import SSH
import Testing

/// Commands on a real server.
@Suite("Commands") struct CommandTests {
    let server: TestServer

    init() throws { server = try TestServer() }

    @Test("a command's output, error output and status come back")
    func result() async throws {
        let session = try await server.connect()
        let result = try await session.run(["sh", "-c", "echo out; echo err >&2; exit 3"])
        #expect(result.output == "out\n")
        #expect(result.errorOutput == "err\n")
        #expect(result.ending == .exited(3))
        #expect(!result.succeeded)
    }

    @Test("a signal that ended a command is told by name")
    func signal() async throws {
        let session = try await server.connect()
        let result = try await session.run(["sh", "-c", "kill -KILL $$"])
        #expect(result.ending == .signaled("KILL"))
        #expect(result.status == nil)
    }

    @Test(
        "arguments arrive exactly as they were given",
        arguments: [
            "", " ", "a b", "it's", "\"", "$HOME", "`id`", "$(id)", "\\", "\n", "a\nb\n", "*", "~", "é–漢字🙂", "-n", "!x",
            "#", "&;|<>",
            "'\\''", "\t", "\u{1b}[31m", "=x", "%s",
        ])
    func oddArguments(_ argument: String) async throws {
        let session = try await server.connect()
        let result = try await session.run(["printf", "%s|", "x", argument])
        #expect(result.output == "x|\(argument)|")
    }

    @Test("a mebibyte goes in and comes out again unchanged")
    func mebibyte() async throws {
        let session = try await server.connect()
        let bytes = (0..<1 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
        let result = try await session.run(["cat"], input: bytes)
        #expect(result.standardOutput == bytes)
        #expect(result.succeeded)
    }

    @Test("more commands at once than the server runs sessions all come to their end")
    func parallel() async throws {
        let session = try await server.connect()
        let outputs = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<40 {
                group.addTask { try await session.run(["sh", "-c", "sleep 0.1; echo \(number)"]).output }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(outputs.count == 40)
    }

    @Test("a script gets its arguments and needs no file")
    func script() async throws {
        let session = try await server.connect()
        let result = try await session.runScript("printf '%s,' \"$@\"\nexit 4\n", arguments: ["a b", "it's", "-x"])
        #expect(result.output == "a b,it's,-x,")
        #expect(result.status == 4)
    }
}
