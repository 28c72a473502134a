import Foundation
import Glibc
import TestPrograms
import TestSSH
import Testing

@testable import SSH

/// What becomes of what commands write and read.
@Suite("What a shell's commands write") struct CommandShellOutputTests {
    let server: TestServer

    init() throws { server = try TestServer() }

    private func start(
        _ interpreter: [String], before words: [String] = []
    ) async throws -> (Session, CommandShell) {
        let session = try await server.connect()
        return (session, try await CommandShell.start(on: session) { words + interpreter + $0.dropFirst() })
    }

    @Test(
        "a command that writes without end is ended by its limit, whichever it writes to",
        arguments: CommandShellTests.shells, ["yes", "yes >&2"])
    func endless(interpreter: [String], script: String) async throws {
        let (session, shell) = try await start(interpreter)
        let command = ["timeout", "-k", "5", "60", "sh", "-c", script]
        await #expect(throws: SSHError(target: session.target, reason: .outputTooLarge("timeout", limit: 100_000))) {
            try await shell.run(command, timeout: .seconds(50), outputLimit: 100_000)
        }
        #expect(try await shell.run(["echo", "next"]).output == "next\n")
        await session.close()
    }

    @Test("a byte more than the limit is too much, of either", arguments: CommandShellTests.shells)
    func limit(interpreter: [String]) async throws {
        let (session, shell) = try await start(interpreter)
        for limit in [0, 1, 511, 512, 1000, 1024] {
            for target in ["", " >&2"] {
                let enough = try await shell.run(
                    ["sh", "-c", "head -c \(limit) /dev/zero\(target)"], outputLimit: limit)
                #expect(enough.standardOutput.count + enough.standardError.count == limit)
                await #expect(throws: SSHError(target: session.target, reason: .outputTooLarge("sh", limit: limit))) {
                    try await shell.run(["sh", "-c", "head -c \(limit + 1) /dev/zero\(target)"], outputLimit: limit)
                }
            }
        }
        await session.close()
    }

    // The shell of BusyBox has a cat of its own.
    @Test(
        "what could not be kept for a moment is told, also when there is room again", arguments: [["dash"], ["bash"]])
    func full(interpreter: [String]) async throws {
        let programs = server.folder.file("programs")
        let isFull = server.folder.file("full")
        try FileManager.default.createDirectory(atPath: programs, withIntermediateDirectories: true)
        // Without arguments it keeps what comes: as where no room is left after the first bytes.
        let cat = "#!/bin/sh\n[ $# = 0 ] && [ -e '\(isFull)' ] && { head -c 3; exit 1; }\nexec /bin/cat \"$@\"\n"
        try Data(cat.utf8).write(to: URL(filePath: "\(programs)/cat"))
        try makeExecutable("\(programs)/cat")
        let (session, shell) = try await start(
            interpreter, before: ["sh", "-c", "PATH=\"$0:$PATH\"; exec \"$@\"", programs])
        for script in ["echo output", "echo errors >&2"] {
            try Data().write(to: URL(filePath: isFull))
            await #expect(throws: SSHError(target: session.target, reason: .noSpaceForOutput("sh"))) {
                try await shell.run(["sh", "-c", script])
            }
            try FileManager.default.removeItem(atPath: isFull)
            #expect(try await shell.run(["echo", "next"]).output == "next\n")
        }
        await session.close()
    }

    @Test("somebody who was left behind in a group of its own is not waited for", arguments: CommandShellTests.shells)
    func leftBehind(interpreter: [String]) async throws {
        let (session, shell) = try await start(interpreter)
        for script in ["setsid sleep 300 & echo $!", "sleep 300 & echo $!"] {
            for words in [["timeout", "-k", "5", "200", "sh", "-c", script], ["sh", "-c", script]] {
                let start = ContinuousClock.now
                let result = try await shell.run(words, timeout: .seconds(200))
                #expect(start.duration(to: .now) < .seconds(150))
                let process = try #require(pid_t(result.output.dropLast()))
                #expect(kill(process, SIGTERM) == 0, "it goes on")
            }
        }
        await session.close()
    }

    @Test("a timeout that has no process group, as BusyBox's, ends what its command started all the same")
    func groups() async throws {
        let (session, shell) = try await start(["busybox", "sh"])
        let script = "sleep 300 & echo $!; wait"
        let result = try await shell.run(["timeout", "1", "sh", "-c", script], timeout: .seconds(20))
        let process = try #require(pid_t(result.output.dropLast()))
        #expect(await TestProcess.isGone(process))
        await session.close()
    }

    @Test("what a command reads is in no file that has a name", arguments: CommandShellTests.shells)
    func input(interpreter: [String]) async throws {
        let (session, shell) = try await start(interpreter)
        let script = """
            word=$(dd bs=8 count=1 2>/dev/null)
            find /run /dev/shm /tmp -maxdepth 2 -path '*/kvmctl-shell-*' -type f -exec grep -lF "$word" {} + 2>/dev/null
            cat
            """
        let secret = String(UInt64.random(in: 1 << 60 ... .max), radix: 16)
        let input = Array(secret.prefix(8).utf8) + Array("-and-more".utf8)
        let result = try await shell.run(["timeout", "-k", "5", "200", "sh", "-c", script], input: input)
        #expect(result.output == "-and-more")
        await session.close()
    }
}
