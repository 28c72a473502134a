import Foundation
import TestSSH
import Testing

@testable import SSH

/// How a shell begins and ends, and what of its commands then.
@Suite("A shell's beginning and end") struct CommandShellEndTests {
    let server: TestServer

    init() throws { server = try TestServer() }

    /// What a program can be started with for a signal.
    static let dispositions = ["--default-signal=PIPE", "--ignore-signal=PIPE", "--block-signal=PIPE"]

    @Test(
        "where nobody reads replies any more, what runs is ended", arguments: CommandShellTests.shells, dispositions)
    func unread(interpreter: [String], disposition: String) async throws {
        let file = server.folder.file("ended")
        let started = server.folder.file("started")
        let long = "sh -c 'trap \"kill \\$!; echo ended >\(file); exit\" TERM; sleep 60 & echo >\(started); wait'"
        func request(_ number: Int, _ text: String) -> String {
            "run \(number) \(text.utf8.count) 0 1000\n\(text)mark\n"
        }
        // The reader goes after the shell's first lines, which some shells write one by one. The second reply finds it gone, and so does what begins then, while more
        // requests could come.
        let scenario = """
            script=$1 long=$2 second=$3 third=$4 started=$5
            shift 5
            {
                printf 'mark\\n%s' "$long"
                until [ -e "$started" ]; do sleep 0.1; done
                printf %s "$second"; sleep 1; printf %s "$third"; sleep 3
            } | env "$@" -c "$script" | head -n 2 >/dev/null
            """
        let session = try await server.connect()
        _ = try await session.run(
            [
                "sh", "-c", scenario, "sh", ShellScripts.runRequests, request(1, long), request(2, "echo"),
                request(3, "echo"), started, disposition,
            ] + interpreter, timeout: .seconds(150))
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "ended\n")
        await session.close()
    }

    @Test(
        "a question about a command that is just ending changes nothing of its answer",
        arguments: CommandShellTests.shells)
    func asked(interpreter: [String]) async throws {
        // Each command takes 0.1 s, and is asked about from before its end until after it.
        let scenario = """
            script=$1
            shift
            {
                echo mark
                number=0
                while [ "$number" -lt 30 ]; do
                    number=$((number + 1))
                    printf 'run %s 26 0 1000\\nsh -c "sleep 0.1; echo hi"mark\\n' "$number"
                    sleep "0.0$((number % 3 + 7))"
                    for question in 1 2 3 4 5 6 7 8; do echo "look $number"; sleep 0.005; done
                    sleep 0.1
                done
                sleep 1
            } | env "$@" -c "$script"
            """
        let session = try await server.connect()
        let result = try await session.run(
            ["sh", "-c", scenario, "sh", ShellScripts.runRequests, "LC_ALL=C"] + interpreter, timeout: .seconds(150))
        let lines = result.output.split(separator: "\n")
        for number in 1...30 {
            let first = lines.first { $0.hasPrefix("done \(number) ") || $0 == "full \(number)" }
            #expect(first == "done \(number) 0", "\(result.output)")
        }
        #expect(lines.count { $0 == "hi" } == 30)
        await session.close()
    }

    @Test(
        "why a shell did not start is told",
        arguments: [
            (3, "echo Choose:; read -r x; echo why >&2; exit 3", "why"), (0, "echo Choose:; read -r x", "Choose:"),
        ])
    func reason(status: Int, script: String, words: String) async throws {
        let session = try await server.connect()
        let shell = try await CommandShell.start(on: session) { _ in ["sh", "-c", script] }
        let error = SSHError(target: session.target, reason: .shellEnded(.exited(status), words))
        await #expect(throws: error) { try await shell.preamble() }
        await #expect(throws: error) { try await shell.run(["true"]) }
        #expect(shell.greeting == "Choose:\n")
        #expect(!shell.isOpen)
        #expect(error.isOfCommand && error.cause == words)
        #expect(error.description.hasSuffix("the shell for commands ended with status \(status) before it was ready"))
        await session.close()
    }

    @Test("a shell that does not become ready is waited for no longer than is said, or until the task is cancelled")
    func silent() async throws {
        let session = try await server.connect()
        let file = server.folder.file("pid")
        let words = ["sh", "-c", "echo $$ >\"$0\"; exec cat >/dev/null", file]
        let limit = Duration.milliseconds(300)
        let late = try await CommandShell.start(on: session) { _ in words }
        for _ in 0..<1_500 where (try? String(contentsOfFile: file, encoding: .utf8))?.hasSuffix("\n") != true {
            try await Task.sleep(for: .milliseconds(20))
        }
        await #expect(
            throws: SSHError(target: session.target, reason: .commandTimeout("the command shell", limit))
        ) { try await late.preamble(timeout: limit) }
        let first = try #require(pid_t(String(contentsOfFile: file, encoding: .utf8).dropLast()))
        #expect(await TestProcess.isGone(first), "it has its end")
        let shell = try await CommandShell.start(on: session) { _ in words }
        let task = Task { try await shell.preamble(timeout: .seconds(60)) }
        task.cancel()
        await #expect(throws: SSHError(target: session.target, reason: .cancelled)) { try await task.value }
        await session.close()
    }

    @Test("a server that does not begin the shell is waited for no longer than is said, or until the task is cancelled")
    func notBegun() async throws {
        let proxy = try PausingProxy(to: server.port)
        try server.writeKnownHosts(alsoFor: [proxy.port])
        var options = server.options()
        // On a busy machine the link is not to be taken for lost before the limit is noticed.
        options.probeInterval = .seconds(300)
        let session = try await Session.connect(server.endpoint(port: proxy.port), options: options)
        proxy.pause()
        let limit = Duration.milliseconds(300)
        await #expect(
            throws: SSHError(target: session.target, reason: .commandTimeout("the command shell", limit))
        ) { _ = try await CommandShell.start(on: session, timeout: limit) }
        let task = Task { _ = try await CommandShell.start(on: session, timeout: .seconds(60)) }
        task.cancel()
        await #expect(throws: SSHError(target: session.target, reason: .cancelled)) { try await task.value }
        await session.close()
    }
}
