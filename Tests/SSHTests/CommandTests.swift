import Foundation
import Glibc
import SSH
import TestSSH
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

/// Commands that have to be stopped.
@Suite("Commands with limits") struct CommandLimitTests {
    private func failure(_ body: () async throws -> Void) async throws -> SSHError.Reason {
        do { try await body() } catch let error as SSHError { return error.reason }
        throw TestFailure("nothing failed")
    }

    @Test("a command that takes too long is ended, and the session goes on")
    func timeout() async throws {
        let server = try TestServer()
        let session = try await server.connect()
        let reason = try await failure {
            _ = try await session.run(["sleep", "100"], timeout: .milliseconds(500))
        }
        #expect(reason == .commandTimeout("sleep", .milliseconds(500)))
        #expect(try await session.run(["true"]).succeeded)
    }

    @Test("a command that writes without end is cut off")
    func output() async throws {
        let session = try await TestServer().connect()
        let reason = try await failure { _ = try await session.run(["yes"], outputLimit: 100_000) }
        #expect(reason == .outputTooLarge("yes", limit: 100_000))
    }

    @Test("a NUL in an argument is refused before anything is sent")
    func nul() async throws {
        let session = try await TestServer().connect()
        let reason = try await failure { _ = try await session.run(["echo", "a\0b"]) }
        guard case .unusable = reason else { throw TestFailure("\(reason)") }
    }

    @Test("a closed session answers every call with that")
    func closed() async throws {
        let session = try await TestServer().connect()
        await session.close()
        await session.close()
        #expect(try await failure { _ = try await session.run(["true"]) } == .closed)
    }
}

/// Servers that allow few commands side by side, as hardening guides have it.
@Suite("Few sessions") struct FewSessionsTests {
    @Test("holders, commands and uploads all get their place, whatever MaxSessions is", arguments: [1, 2, 10])
    func room(count: Int) async throws {
        let server = try TestServer(["MaxSessions \(count)"])
        let session = try await server.connect()
        let first = try await session.hold(["sh", "-c", "echo first; cat >/dev/null"])
        let second = try await session.hold(["sh", "-c", "echo second; cat >/dev/null"])
        var lines = second.lines.makeAsyncIterator()
        #expect(await lines.next() == "second")
        try Data("content".utf8).write(to: URL(fileURLWithPath: server.folder.file("content")))
        let outputs = try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<12 {
                group.addTask { try await session.run(["sh", "-c", "sleep 0.1; echo \(number)"]).output }
            }
            group.addTask { try await session.upload(file: server.folder.file("content"), to: ["cat"]).output }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(outputs == Set((0..<12).map { "\($0)\n" } + ["content"]))
        #expect(first.isAlive && second.isAlive)
        #expect(try await first.release().succeeded)
        #expect(try await second.release().succeeded)
        await session.close()
        await #expect(throws: SSHError.self) { _ = try await session.run(["true"]) }
    }

    @Test("when holders have taken all there is to have, MaxSessions is named at once")
    func exhausted() async throws {
        let server = try TestServer(["MaxSessions 1"])
        let session = try await server.connect()
        var holds: [Keepalive] = []
        // One in the first session and in each of those that follow.
        for _ in 0..<4 { holds.append(try await session.hold(["cat"])) }
        do throws(SSHError) {
            _ = try await session.run(["true"])
        } catch {
            guard case .sessionsExhausted = error.reason else { throw error }
            #expect(error.remedy.contains("MaxSessions"))
            return
        }
        throw TestFailure("there was room")
    }
}

/// The loop's own cost.
@Suite("Idle sessions") struct IdleTests {
    @Test("waiting for commands, also for a place among them, takes no processor time")
    func waiting() async throws {
        let server = try TestServer(["MaxSessions 3"])
        let session = try await server.connect()
        // More than the server takes at once, so that some wait for the others.
        let outputs = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<6 { group.addTask { try await session.run(["sleep", "1"]).succeeded } }
            return try await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        #expect(outputs == Array(repeating: true, count: 6))
        #expect(try await session.turns() < 2000)
    }
}
