import Foundation
import Glibc
import SSH
import TestSSH
import Testing

/// One shell for many commands: every answer whole, to its own command, whatever the command does.
@Suite("A shell that stays") struct CommandShellTests {
    let server: TestServer

    init() throws { server = try TestServer() }

    /// The shells that nodes have as `sh`.
    static let shells = [["dash"], ["busybox", "sh"], ["bash"], ["bash", "--posix"]]

    private func start(_ interpreter: [String] = ["sh"]) async throws -> (Session, CommandShell) {
        let session = try await server.connect()
        return (session, try await CommandShell.start(on: session) { interpreter + $0.dropFirst() })
    }

    /// A script that does something unusual, and what comes of it.
    struct Hostile: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let script: String
        var input: [UInt8] = []
        var status = 0
        var output: [UInt8] = []
        var error: String?
    }

    static let bytes = (0...255).map { UInt8($0) }

    static let table = [
        Hostile(testDescription: "nothing", script: ":"),
        Hostile(testDescription: "no newline at the end", script: "printf text", output: Array("text".utf8)),
        Hostile(testDescription: "NUL bytes", script: #"printf 'a\0b\0'"#, output: Array("a\0b\0".utf8)),
        Hostile(testDescription: "all bytes there and back", script: "cat", input: bytes, output: bytes),
        Hostile(testDescription: "newlines alone", script: #"printf '\n\n\n'"#, output: Array("\n\n\n".utf8)),
        Hostile(
            testDescription: "10 MB", script: "head -c 10000000 /dev/zero",
            output: [UInt8](repeating: 0, count: 10_000_000)
        ),
        Hostile(
            testDescription: "3 MB in", script: "cat >/dev/null; echo read",
            input: [UInt8](repeating: 10, count: 3_000_000),
            output: Array("read\n".utf8)),
        Hostile(testDescription: "input that nobody reads", script: "exit 3", input: bytes, status: 3),
        Hostile(testDescription: "its standard output closed", script: "exec >&-; exit 4", status: 4),
        Hostile(testDescription: "ended by a signal", script: "kill -9 $$", status: 137),
        Hostile(testDescription: "standard error", script: "echo why >&2; exit 1", status: 1, error: "why\n"),
        Hostile(
            testDescription: "words of the protocol", script: #"printf 'done 1 0\n'; printf 'done 2 0\n' >&2"#,
            output: Array("done 1 0\n".utf8), error: "done 2 0\n"),
        Hostile(
            testDescription: "words of the protocol to read", script: "cat",
            input: Array("run 1 4 0 9\ntrue\nend 1\n".utf8), output: Array("run 1 4 0 9\ntrue\nend 1\n".utf8)),
        Hostile(
            testDescription: "a child left behind", script: "{ sleep 1; echo late; } & echo early",
            output: Array("early\n".utf8)),
        Hostile(testDescription: "the descriptors of the shell", script: "echo lie >&3", status: 2, error: nil),
        Hostile(testDescription: "reading on", script: "cat; cat <&0", input: Array("x".utf8), output: Array("x".utf8)),
    ]

    @Test("an answer is whole and the next one is right", arguments: shells)
    func hostile(interpreter: [String]) async throws {
        let (session, shell) = try await start(interpreter)
        for row in Self.table {
            let result = try await shell.run(["timeout", "-k", "5", "20", "sh", "-c", row.script], input: row.input)
            if row.status != 2 { #expect(result.status == row.status, "\(row.testDescription)") }
            #expect(result.standardOutput == row.output, "\(row.testDescription)")
            if let error = row.error { #expect(result.errorOutput == error, "\(row.testDescription)") }
            let next = try await shell.run(["echo", "next"])
            #expect(next.output == "next\n", "after \(row.testDescription)")
        }
        await session.close()
    }

    @Test("arguments reach the command exactly", arguments: shells)
    func arguments(interpreter: [String]) async throws {
        let (session, shell) = try await start(interpreter)
        let words = ["", "a b", "it's", "$(id)", "a\nb\n", "\\", "*", "-n", "\u{1b}[31m", "\u{fc}\u{1f427}", "end 1"]
        let result = try await shell.run(["printf", "%s|"] + words)
        #expect(result.output == words.map { $0 + "|" }.joined())
        await session.close()
    }

    @Test("commands run side by side, each with its own answer", arguments: shells)
    func sideBySide(interpreter: [String]) async throws {
        let (session, shell) = try await start(interpreter)
        let start = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<30 {
                group.addTask {
                    let script = "cat; sleep 4; echo \(number); yes \(number) | head -n \(number * 100)"
                    let result = try await shell.run(["sh", "-c", script], input: Array("in \(number)\n".utf8))
                    let lines = ["in \(number)", "\(number)"] + [String](repeating: "\(number)", count: number * 100)
                    #expect(result.output == lines.map { $0 + "\n" }.joined())
                }
            }
            try await group.waitForAll()
        }
        #expect(start.duration(to: .now) < .seconds(100), "one after the other they take 120 s")
        await session.close()
    }

    @Test("a command that is cancelled or out of time ends there with what it started", arguments: shells)
    func stopped(interpreter: [String]) async throws {
        let (session, shell) = try await start(interpreter)
        let file = server.folder.file("pids-\(interpreter[0])")
        let script = "sleep 300 & echo $! >>\"$1\"; echo $$ >>\"$1\"; wait"
        let command = ["/usr/bin/timeout", "-k", "5", "200", "sh", "-c", script, "sh", file]
        let task = Task { try await shell.run(command) }
        while (try? String(contentsOfFile: file, encoding: .utf8))?.split(separator: "\n").count != 2 {
            try await Task.sleep(for: .milliseconds(20))
        }
        task.cancel()
        await #expect(throws: SSHError(target: session.target, reason: .cancelled)) { try await task.value }
        let limit = Duration.milliseconds(500)
        await #expect(throws: SSHError(target: session.target, reason: .commandTimeout("/usr/bin/timeout", limit))) {
            try await shell.run(command, timeout: limit)
        }
        let processes = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").compactMap {
            pid_t($0)
        }
        #expect(processes.count == 4)
        for process in processes { #expect(await TestProcess.isGone(process), "\(process) lives on") }
        #expect(try await shell.run(["echo", "next"]).output == "next\n")
        await session.close()
    }

    @Test("the end of the session ends what runs, and leaves no file", arguments: shells)
    func end(interpreter: [String]) async throws {
        let (session, shell) = try await start(interpreter)
        let file = server.folder.file("pid-\(interpreter[0])")
        let task = Task {
            try await shell.run([
                "/usr/bin/timeout", "-k", "5", "200", "sh", "-c", "echo $PPID $$ >\"$1\"; sleep 300", "sh", file,
            ])
        }
        var text = ""
        while !text.hasSuffix("\n") {
            try await Task.sleep(for: .milliseconds(20))
            text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
        }
        await session.close()
        await #expect(throws: SSHError.self) { try await task.value }
        for process in text.split(whereSeparator: \.isWhitespace).compactMap({ pid_t($0) }) {
            #expect(await TestProcess.isGone(process), "\(process) lives on")
        }
        #expect(!shell.isOpen)
        await #expect(throws: SSHError.self) { try await shell.run(["true"]) }
    }

    @Test("a shell that dies fails the commands in it, and no answer is taken for another's", arguments: shells)
    func dies(interpreter: [String]) async throws {
        let (session, shell) = try await start(interpreter)
        let task = Task { try await shell.run(["sleep", "300"]) }
        // The shell that answers is the parent of the command's parent.
        let script = "kill -9 $(cut -d' ' -f4 /proc/$PPID/stat) $PPID"
        await #expect(throws: SSHError.self) { try await shell.run(["sh", "-c", script], timeout: .seconds(20)) }
        task.cancel()
        await #expect(throws: SSHError.self) { try await task.value }
        await session.close()
    }

    @Test("more than the limit is an error of that command alone")
    func large() async throws {
        let (session, shell) = try await start()
        await #expect(
            throws: SSHError(target: session.target, reason: .outputTooLarge("head", limit: 1000))
        ) {
            try await shell.run(["head", "-c", "1001", "/dev/zero"], outputLimit: 1000)
        }
        #expect(
            try await shell.run(["head", "-c", "1000", "/dev/zero"], outputLimit: 1000).standardOutput.count == 1000)
        await session.close()
    }

    @Test("what the node says before the shell is ready is told, and no request gets lost on the way")
    func preamble() async throws {
        let session = try await server.connect()
        let shell = try await CommandShell.start(on: session) {
            ["sh", "-c", "echo Welcome; sleep 0.2; exec \"$@\"", "sh"] + $0
        }
        async let early = shell.run(["echo", "early"])
        #expect(try await shell.preamble(timeout: .seconds(20)) == "Welcome\n")
        #expect(try await early.output == "early\n")
        await session.close()
    }

    @Test("where the server has room for one command, the shell leaves room for the holder of a lock")
    func oneCommand() async throws {
        let server = try TestServer(options: ["MaxSessions=1"])
        let session = try await server.connect()
        let shell = try await CommandShell.start(on: session)
        #expect(try await shell.run(["echo", "x"]).output == "x\n")
        let keepalive = try await session.hold(["sh", "-c", "echo held; cat >/dev/null"])
        for await line in keepalive.lines {
            #expect(line == "held")
            break
        }
        #expect(try await shell.run(["echo", "y"]).output == "y\n")
        _ = try await keepalive.release()
        await session.close()
    }

}
