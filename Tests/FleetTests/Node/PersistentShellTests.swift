import Foundation
import Glibc
import SSH
import TestSSH
import Testing

@testable import Fleet

/// A node's shell of which a process is killed, as the node's memory killer does.
@Suite("A node's shell that is killed") struct PersistentShellTests {
    let server: TestServer

    init() throws { server = try TestServer() }

    /// Which of the shell's processes is killed.
    enum Victim: String, CaseIterable {
        case whoTakesRequests, whoSendsReplies
    }

    /// The processes of one shell.
    private struct Processes: Hashable {
        var requests: pid_t
        var replies: pid_t
        /// The one that the server started.
        var main: pid_t

        subscript(_ victim: Victim) -> pid_t { victim == .whoTakesRequests ? requests : replies }
    }

    /// Prints the processes of the shell that runs it; its parent is who waits for it there.
    private static let processes = Script(
        """
        requests=$(cut -d' ' -f4 "/proc/$PPID/stat")
        group=$(cut -d' ' -f4 "/proc/$requests/stat")
        main=$(cut -d' ' -f4 "/proc/$group/stat")
        for stat in /proc/[0-9]*/stat; do
            { read -r process _ _ parent _ <"$stat"; } 2>/dev/null || continue
            [ "$parent" != "$main" ] || [ "$process" = "$group" ] || replies=$process
        done
        echo "$requests $replies $main"
        """)

    /// Says that it began, and goes on for longer than anybody here waits.
    private static func long(_ file: String) -> Script { Script("echo >\"$1\"; exec sleep 45", [file]) }

    private func withShell(_ body: (PersistentShell) async throws -> Void) async throws {
        let session = try await server.connect()
        let shell = try await CommandShell.start(on: session)
        _ = try await shell.preamble()
        try await body(PersistentShell(session, shell, privilege: []))
        await session.close()
    }

    private func run(_ script: Script, in shell: PersistentShell) async throws -> CommandResult {
        try await shell.run(script.words(), input: [], timeout: nil)
    }

    private func processes(of shell: PersistentShell) async throws -> Processes {
        let words = try await run(Self.processes, in: shell).output.split(whereSeparator: \.isWhitespace)
        let numbers = words.compactMap { pid_t($0) }
        try #require(numbers.count == 3)
        return Processes(requests: numbers[0], replies: numbers[1], main: numbers[2])
    }

    private func waitFor(_ file: String) async throws {
        for _ in 0..<1000 where !FileManager.default.fileExists(atPath: file) {
            try await Task.sleep(for: .milliseconds(20))
        }
        try #require(FileManager.default.fileExists(atPath: file))
    }

    @Test("Whoever waits for it is told why in time, and the next commands share a new one", arguments: Victim.allCases)
    func killed(victim: Victim) async throws {
        try await withShell { (shell: PersistentShell) async throws in
            let old = try await processes(of: shell)
            let files = ["one", "two"].map { server.folder.file($0) }
            let waiting = files.map { file in Task { try await self.run(Self.long(file), in: shell) } }
            for file in files { try await waitFor(file) }
            let start = ContinuousClock.now
            kill(old[victim], SIGKILL)
            // Nobody misses who sends replies before the next command.
            if victim == .whoSendsReplies {
                await #expect(throws: SSHError.self) { try await self.run(Script("true"), in: shell) }
            }
            for command in waiting {
                let error = await #expect(throws: SSHError.self) { try await command.value }
                #expect(error?.reason == .commandVanished("sh"))
            }
            #expect(start.duration(to: .now) < .seconds(30), "the commands take 45 s")
            let shells = try await withThrowingTaskGroup(of: Processes.self) { group in
                for _ in 0..<8 { group.addTask { try await self.processes(of: shell) } }
                return try await group.reduce(into: Set()) { $0.insert($1.main) }
            }
            #expect(shells.count == 1 && !shells.contains(old.main))
        }
    }
}
