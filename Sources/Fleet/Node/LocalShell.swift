import Processes
import SSH
import Subprocess

#if canImport(System)
    import System
#else
    import SystemPackage
#endif

/// Commands on this machine, for a node whose address is `local`.
struct LocalShell: NodeShell {
    var privilege: [String] = []
    private let running = RunningCommands()

    func run(_ command: [String], input: [UInt8], timeout: Duration?) async throws -> CommandResult {
        let command = privilege + command
        guard let program = command.first else { throw LocalShellError.noCommand }
        return try await running.run {
            try await limited(to: timeout, program) {
                let result = try await LocalProgram.run(program, Array(command.dropFirst()), input: input)
                return CommandResult(
                    ending: Self.ending(result.status), standardOutput: result.standardOutput,
                    standardError: result.standardError)
            }
        }
    }

    func upload(
        file: String, to command: [String], sealedBy seal: (any FileSeal)?,
        progress: @escaping @Sendable (UInt64) -> Void
    ) async throws -> CommandResult {
        let command = privilege + command
        guard let program = command.first else { throw LocalShellError.noCommand }
        return try await running.run {
            let upload = try LocalUpload(of: file, sealedBy: seal, progress: progress)
            let limit = LocalProgram.defaultLimit
            let result = try await LocalProgram.start(
                program, Array(command.dropFirst()),
                input: .fileDescriptor(upload.reader, closeAfterSpawningProcess: true),
                output: .bytes(limit: limit), error: .bytes(limit: limit)
            ) { _ in }
            try upload.check()
            return CommandResult(
                ending: Self.ending(result.terminationStatus), standardOutput: result.standardOutput,
                standardError: result.standardError)
        }
    }

    func cutOff() async { running.cutOff() }

    func hold(_ command: [String]) async throws -> any KeepaliveCommand { LocalKeepalive(privilege + command) }

    /// Runs `body` and ends it after the limit; what it started ends when its task is cancelled.
    private func limited(
        to timeout: Duration?, _ program: String, _ body: @escaping @Sendable () async throws -> CommandResult
    ) async throws -> CommandResult {
        guard let timeout else { return try await body() }
        return try await withThrowingTaskGroup(of: CommandResult?.self) { group in
            group.addTask { try await body() }
            group.addTask {
                try await Task.sleep(for: timeout)
                return nil
            }
            defer { group.cancelAll() }
            guard let first = try await group.next(), let result = first else {
                throw LocalShellError.timeout(program, timeout)
            }
            return result
        }
    }

    /// How a process ended, in the words that ssh has for it.
    static func ending(_ status: TerminationStatus) -> CommandResult.Ending {
        switch status {
        case .exited(let code): .exited(Int(code))
        case .signaled(let signal): .signaled("\(signal)")
        }
    }
}

/// Why a command could not be run on this machine.
enum LocalShellError: Error, Sendable, CustomStringConvertible {
    case noCommand
    case cutOff
    case timeout(String, Duration)

    var description: String {
        switch self {
        case .noCommand: "a command without a name"
        case .cutOff: "no further command is run on this machine"
        case .timeout(let program, let limit): "\(program) did not finish within \(limit.components.seconds) s"
        }
    }
}
