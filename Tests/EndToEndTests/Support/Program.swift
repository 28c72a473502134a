import Foundation
import Synchronization
import Testing

/// What a program printed and how it ended.
struct Output: Sendable, CustomStringConvertible {
    let command: String
    let status: Int32
    let stdout: String
    let stderr: String
    let duration: Duration

    var description: String {
        "\(command)\nexit \(status) after \(duration)\n--- stdout\n\(stdout)\n--- stderr\n\(stderr)"
    }

    /// Everything it said.
    var text: String { stdout + stderr }

    /// The output, after making sure that the program ended as expected.
    @discardableResult
    func expecting(_ expected: Int32 = 0, source: SourceLocation = #_sourceLocation) throws -> Output {
        try #require(status == expected, "\(self)", sourceLocation: source)
        return self
    }
}

/// A program that runs beside the test, and can be killed.
final class Program: Sendable {
    let command: String
    let processIdentifier: Int32
    private let folder: URL
    private let finished: Task<Output, any Error>
    private let statuses: AsyncStream<Int32>.Continuation
    /// Keeps programs from starting at the same moment.
    ///
    /// Foundation hears of a program's end by a socket that the program alone is to hold. One that starts at the same
    /// moment inherits it, and the end is heard when both have ended.
    private static let starting = Mutex(())
    /// What a killed program's output says where its end is never heard of.
    private static let unheard: Int32 = 128 + SIGKILL

    /// Starts a program with its arguments; output goes to files, so that no pipe can fill up.
    init(_ executable: String, _ arguments: [String], environment: [String: String] = [:], input: String? = nil) throws
    {
        let folder = try Scratch.folder()
        let out = folder.appending(path: "stdout")
        let err = folder.appending(path: "stderr")
        let standardInput = folder.appending(path: "stdin")
        for file in [out, err] { try Data().write(to: file) }
        try Data((input ?? "").utf8).write(to: standardInput)
        let process = Process()
        process.executableURL = URL(filePath: executable)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let ends = [
            try FileHandle(forReadingFrom: standardInput), try FileHandle(forWritingTo: out),
            try FileHandle(forWritingTo: err),
        ]
        // The program has its own by then. Foundation keeps each Process for ever, and with more than a thousand open
        // descriptors the next one crashes.
        defer { for end in ends { try? end.close() } }
        (process.standardInput, process.standardOutput, process.standardError) = (ends[0], ends[1], ends[2])
        let line = ([executable.split(separator: "/").last.map(String.init) ?? executable] + arguments).joined(
            separator: " ")
        let (statuses, continuation) = AsyncStream.makeStream(of: Int32.self)
        process.terminationHandler = { process in
            // A signal as shells show it, so that it cannot be taken for an exit code of the program's own.
            continuation.yield(
                process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus)
            continuation.finish()
        }
        let start = ContinuousClock.now
        try Program.starting.withLock { _ in try process.run() }
        command = line
        processIdentifier = process.processIdentifier
        self.folder = folder
        self.statuses = continuation
        finished = Task {
            var status: Int32 = -1
            for await ended in statuses { status = ended }
            return Output(
                command: line, status: status, stdout: String(decoding: try Data(contentsOf: out), as: UTF8.self),
                stderr: String(decoding: try Data(contentsOf: err), as: UTF8.self),
                duration: start.duration(to: .now))
        }
    }

    /// What it has written to its standard output by now; empty once it has ended and was waited for.
    var outputSoFar: String {
        (try? Data(contentsOf: folder.appending(path: "stdout"))).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    /// Whether it has not ended; a zombie has.
    var isRunning: Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(processIdentifier)/stat", encoding: .utf8) else {
            return false
        }
        let state = status.split(separator: ")").last?.split(separator: " ").first
        return state != "Z" && state != "X"
    }

    /// Waits for its end; after the time limit it is killed with what it started, and the output says how it ended.
    ///
    /// Foundation takes a program for running as long as anything that it started lives.
    func output(timeout: Duration = .seconds(600)) async throws -> Output {
        let pid = processIdentifier
        let watchdog = Task {
            try await Task.sleep(for: timeout)
            // Foundation makes each program the leader of a group.
            kill(-pid, SIGKILL)
            kill(pid, SIGKILL)
            // A program that left the group may live on, and must not keep the test.
            try await Task.sleep(for: .seconds(10))
            statuses.yield(Program.unheard)
            statuses.finish()
        }
        defer { watchdog.cancel() }
        let output = try await finished.value
        try? FileManager.default.removeItem(at: folder)
        return output
    }

    func signal(_ number: Int32) {
        kill(processIdentifier, number)
    }

    /// Runs a program to its end.
    static func run(
        _ executable: String, _ arguments: [String], environment: [String: String] = [:], input: String? = nil,
        timeout: Duration = .seconds(600)
    ) async throws -> Output {
        try await Program(executable, arguments, environment: environment, input: input).output(timeout: timeout)
    }
}
