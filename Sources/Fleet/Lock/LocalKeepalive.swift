import Processes
import SSH
import Subprocess

/// A command held on this machine: its standard input stays open, and gets a line every few seconds, until it is let go.
final class LocalKeepalive: KeepaliveCommand {
    let lines: AsyncStream<String>
    private let process: Task<CommandResult, any Error>
    private let letGo: AsyncStream<Never>.Continuation
    private let pulse = Pulse()

    init(_ command: [String]) {
        let (lines, sink) = AsyncStream.makeStream(of: String.self)
        let (going, letGo) = AsyncStream.makeStream(of: Never.self)
        self.lines = lines
        self.letGo = letGo
        process = Task { [pulse] in
            defer { sink.finish() }
            return try await LocalKeepalive.run(command, pulse, until: going) { sink.yield($0) }
        }
    }

    deinit { letGo.finish() }

    var isAlive: Bool { pulse.isAlive() }

    func release() async throws -> CommandResult {
        letGo.finish()
        return try await process.value
    }

    func ended() async throws -> CommandResult { try await process.value }

    private static func run(
        _ command: [String], _ pulse: Pulse, until going: AsyncStream<Never>,
        _ take: @escaping @Sendable (String) -> Void
    ) async throws -> CommandResult {
        guard let program = command.first else { throw LocalShellError.noCommand }
        let result = try await LocalProgram.start(
            program, Array(command.dropFirst()), input: .inputWriter, output: .sequence, error: .discarded
        ) { execution in
            let beats = Task {
                while !Task.isCancelled {
                    guard pulse.beat() else { return try await execution.standardInputWriter.finish() }
                    _ = try await execution.standardInputWriter.write(Array("alive\n".utf8))
                    try await Task.sleep(for: .seconds(5))
                }
            }
            let end = Task {
                for await _ in going {}
                beats.cancel()
                _ = await beats.result
                try await execution.standardInputWriter.finish()
            }
            for try await line in execution.standardOutput.strings(separatedBy: .lineBreaks) { take(line) }
            end.cancel()
            beats.cancel()
        }
        return CommandResult(
            ending: LocalShell.ending(result.terminationStatus), standardOutput: [], standardError: [])
    }
}
