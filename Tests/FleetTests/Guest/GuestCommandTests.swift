import Foundation
import SSH
import TestTools
import Testing

@testable import Fleet

/// The script that runs a person's command in a guest.
@Suite("Commands in guests") struct GuestCommandTests {
    private func run(
        _ command: String, in shell: String, limit: Int = 60
    ) async throws -> (status: Int?, output: String, complaint: String) {
        let result = try await LocalShell().run(
            GuestCommandScripts.execute(limit: "\(limit)").words(in: shell), input: Array(command.utf8),
            timeout: .seconds(120))
        return (result.status, result.output, result.errorOutput)
    }

    @Test("a command's outputs and exit code come back, and it gets no input", arguments: Script.shells)
    func outcomes(shell: String) async throws {
        let said = try await run("echo out; echo err >&2; cat; exit 3\n", in: shell)
        #expect(said.status == 3 && said.output == "out\n" && said.complaint == "err\n")
        #expect(try await run("false", in: shell).status == 1)
        #expect(try await run("kill -TERM $$", in: shell).status == 143)
        #expect(try await run("echo 'a  \"b\"' \"$HOME\" | tr a-z A-Z", in: shell).output.hasPrefix("A  \"B\" /"))
        let broken = try await run("echo 'never closed", in: shell)
        #expect(broken.status != 0 && broken.output.isEmpty)
    }

    @Test("a command stands in no argument of any program", arguments: Script.shells)
    func arguments(shell: String) async throws {
        let token = UUID().uuidString
        let said = try await run(": \(token); cat /proc/[0-9]*/cmdline 2>/dev/null; true", in: shell)
        #expect(said.status == 0 && said.output.contains("kvmctl") && !said.output.contains(token))
    }

    @Test("what a command that ended in time left running goes on", arguments: Script.shells)
    func leftRunning(shell: String) async throws {
        let said = try await run("sleep 600 >/dev/null 2>&1 & echo $!", in: shell, limit: 10)
        let pid = try #require(pid_t(said.output.trimmingCharacters(in: .whitespacesAndNewlines)), "\(said)")
        defer { kill(pid, SIGKILL) }
        #expect(said.status == 0)
        // Past both moments at which one that takes too long is ended.
        try await Task.sleep(for: .seconds(17))
        #expect(try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8).contains(") S"))
    }

    @Test("what takes too long is ended with all that it started, willing or not", arguments: Script.shells)
    func tooLong(shell: String) async throws {
        for stubborn in [
            "sleep 60 & echo $!; wait", "(trap '' TERM; exec >/dev/null 2>&1; sleep 60; sleep 61) & echo $!; wait",
        ] {
            try await expectEnded(stubborn, in: shell)
        }
    }

    private func expectEnded(_ command: String, in shell: String) async throws {
        let said = try await run(command, in: shell, limit: 5)
        #expect(said.status == GuestCommand.tookTooLong)
        let pid = said.output.filter(\.isNumber)
        #expect(!pid.isEmpty)
        // One that has ended may wait for somebody to notice, and a busy machine takes its time to end it.
        var state = ""
        for _ in 0..<100 where !state.contains(") Z") {
            try await Task.sleep(for: .milliseconds(100))
            state = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? "gone) Z"
        }
        #expect(state.contains(") Z"), "\(command): \(state)")
    }
}
