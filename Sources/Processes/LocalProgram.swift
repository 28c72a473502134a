import FoundationEssentials
package import Subprocess

/// The one place where programs of this machine are started.
///
/// Each has a session of its own and with it no terminal: Ctrl-C and a closed terminal are for kvmctl alone, which then
/// says what ends and when. Cancelling the task ends the program with all that it started in its process group: TERM
/// first, and KILL for what is still there three seconds later.
package enum LocalProgram {
    /// How a program ended, and what it wrote.
    package struct Result: Sendable {
        package let status: TerminationStatus
        package let standardOutput: [UInt8]
        package let standardError: [UInt8]

        package var succeeded: Bool { status.isSuccess }
    }

    /// What a program may write to its output, and to its error output, unless the caller says otherwise: 16 MiB.
    package static let defaultLimit = 16 << 20

    static let patience = Duration.seconds(3)

    /// Whether one of a name is in a search path, which is the environment's unless the caller says otherwise.
    package static func isInstalled(_ program: String, in path: String? = nil) -> Bool {
        let path = path ?? ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
        return path.split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
    }

    /// Runs a program to its end with these bytes as its input; a status other than 0 is no error.
    ///
    /// A program that does not read its input is none either.
    /// - Throws: a `SubprocessError` when it cannot be started, or writes more than the limit (bytes, each); a
    ///   `CancellationError` when the task was cancelled before it succeeded.
    package static func run(
        _ program: String, _ arguments: [String], environment: Environment = .inherit, input: [UInt8] = [],
        outputLimit: Int = defaultLimit, errorLimit: Int = defaultLimit
    ) async throws -> Result {
        let result = try await start(
            program, arguments, environment: environment, input: .inputWriter, output: .bytes(limit: outputLimit),
            error: .bytes(limit: errorLimit)
        ) { await $0.standardInputWriter.giveAll(input) }
        return Result(
            status: result.terminationStatus, standardOutput: result.standardOutput,
            standardError: result.standardError)
    }

    /// Starts a program and runs `body` beside it; returns when both have ended.
    ///
    /// - Throws: a `CancellationError` when the task was cancelled before it succeeded.
    package static func start<Input: InputProtocol, Output: OutputProtocol, Failure: ErrorOutputProtocol, Value>(
        _ program: String, _ arguments: [String], environment: Environment = .inherit, input: Input, output: Output,
        error: Failure, body: (Execution<Input, Output, Failure>) async throws -> Value
    ) async throws -> ExecutionResult<Value, Output, Failure> {
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: patience)
        ]
        let group = ProcessGroup()
        do {
            let executable = await executable(program, environment)
            let result = try await Subprocess.run(
                executable, arguments: Arguments(arguments), environment: environment, platformOptions: options,
                input: input, output: output, error: error
            ) { execution in
                group.began(execution.processIdentifier.value)
                return try await body(execution)
            }
            // A program that was told to end may have ended before what it started.
            if Task.isCancelled { await group.end() } else { group.ended() }
            // How it ended was our doing: what it says of that would be told as the cause.
            if Task.isCancelled, !result.terminationStatus.isSuccess { throw CancellationError() }
            return result
        } catch {
            await group.end()
            throw error
        }
    }

    /// The program by its path: by its name alone a process would be made for every folder of PATH until one has it.
    private static func executable(_ program: String, _ environment: Environment) async -> Executable {
        let named = Executable.name(program)
        guard let path = try? await named.resolveExecutablePath(in: environment) else { return named }
        return .path(path)
    }

    /// Runs a program that may ask a person something, and so keeps the terminal and its Ctrl-C; its input is empty.
    ///
    /// Only for what holds nothing and changes nothing. Its error output is dropped.
    package static func ask(_ program: String, _ arguments: [String], outputLimit: Int) async throws -> Result {
        let result = try await Subprocess.run(
            .name(program), arguments: Arguments(arguments), input: .none, output: .bytes(limit: outputLimit),
            error: .discarded)
        return Result(status: result.terminationStatus, standardOutput: result.standardOutput, standardError: [])
    }

    /// Kills every program that runs, and what it started: for the moment before this process ends without waiting.
    package static func killAll() { ProcessGroup.killAll() }
}
