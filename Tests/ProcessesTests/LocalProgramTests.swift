import Foundation
import Glibc
import Processes
import Testing

@Suite("Programs of this machine") struct LocalProgramTests {
    /// A file for what a program has to tell, gone at the end.
    private static func withFile(_ body: (String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "processes-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(path)
    }

    private static func lines(_ path: String, _ count: Int) async throws -> [String] {
        for _ in 0..<6000 {
            let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
            let lines = text.split(separator: "\n").map { String($0) }
            if lines.count >= count { return lines }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw POSIXError(.ETIME)
    }

    @Test("a cancelled program ends with all that it started, and is told as cancelled, whatever it made of TERM")
    func cancelled() async throws {
        try await Self.withFile { path in
            let script = """
                sh -c 'trap "" TERM; echo $$ >>"$1"; while :; do sleep 0.1; done' sh "$1" &
                echo $$ >>"$1"
                wait
                """
            let program = Task { try await LocalProgram.run("sh", ["-c", script, "sh", path]) }
            let processes = try await Self.lines(path, 2).compactMap { pid_t($0) }
            program.cancel()
            await #expect(throws: CancellationError.self) { try await program.value }
            // A signal that nobody can refuse still takes a moment to arrive.
            for process in processes {
                for _ in 0..<500 where !Self.hasEnded(process) { try await Task.sleep(for: .milliseconds(10)) }
                #expect(Self.hasEnded(process), "\(process) runs on")
            }
        }
    }

    @Test("what a program leaves behind on purpose stays")
    func leftBehind() async throws {
        try await Self.withFile { path in
            _ = try await LocalProgram.run("sh", ["-c", "sleep 60 >/dev/null 2>&1 & echo $! >\"$1\"", "sh", path])
            let process = try #require(try await Self.lines(path, 1).compactMap { pid_t($0) }.first)
            #expect(!Self.hasEnded(process))
            kill(process, SIGKILL)
        }
    }

    @Test("all programs can be killed at once")
    func killAll() async {
        await #expect(processExitsWith: .success) {
            let path = NSTemporaryDirectory() + "processes-\(UUID())"
            let program = Task {
                try await LocalProgram.run("sh", ["-c", "sleep 60 & echo $! >\"$1\"; wait", "sh", path])
            }
            let process = try #require(try await LocalProgramTests.lines(path, 1).compactMap { pid_t($0) }.first)
            LocalProgram.killAll()
            let result = try await program.value
            try #require(!result.succeeded)
            for _ in 0..<6000 where !LocalProgramTests.hasEnded(process) {
                try await Task.sleep(for: .milliseconds(10))
            }
            try #require(LocalProgramTests.hasEnded(process))
            try? FileManager.default.removeItem(atPath: path)
        }
    }

    /// Whether a process is gone, or only waits to be collected.
    private static func hasEnded(_ process: pid_t) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return true }
        return status.split(separator: ")").last?.split(separator: " ").first.map { "ZX".contains($0) } ?? true
    }
}
