import Formats
import Glibc

extension Session {
    /// What a command may write to standard output, and to standard error, unless the caller says otherwise: 16 MiB.
    package static let defaultOutputLimit = 16 << 20

    /// Runs a command and waits for its end; any number may run at once.
    ///
    /// A status other than 0 is no error: look at the result. When the limit on time or output is passed, or the task is
    /// cancelled, the call ends and the channel is closed; the server is asked to send TERM, which OpenSSH does not do for
    /// root: what must not go on runs under `timeout`, or in a `CommandShell`.
    /// - Parameters:
    ///   - command: program and arguments, passed on exactly; the user's shell on the node sees them quoted.
    ///   - input: standard input; it is at its end when all of this is read.
    ///   - timeout: nil for no limit but the link's own.
    ///   - outputLimit: bytes, for standard output and standard error each.
    package func run(
        _ command: [String], input: [UInt8] = [], timeout: Duration? = .seconds(60),
        outputLimit: Int = Session.defaultOutputLimit
    ) async throws(SSHError) -> CommandResult {
        try await execute(command, limits: CommandLimits(timeout: timeout, output: outputLimit)) { .bytes(input) }
    }

    /// Runs a fixed script with `sh`, its text on standard input, its arguments as `$1` and so on.
    package func runScript(
        _ script: String, arguments: [String] = [], timeout: Duration? = .seconds(60),
        outputLimit: Int = Session.defaultOutputLimit
    ) async throws(SSHError) -> CommandResult {
        try await run(
            ["sh", "-s", "--"] + arguments, input: Array(script.utf8), timeout: timeout, outputLimit: outputLimit)
    }

    /// Sends a local file into a command's standard input, as in `["sh", "-c", "cat > \"$1\"", "sh", path]`.
    ///
    /// The file is read as the node takes it in: no more than a few hundred kilobytes wait here.
    /// - Parameters:
    ///   - timeout: nil for no limit but the link's own.
    ///   - seal: called on the session's thread.
    ///   - progress: called on the session's thread with the bytes sent so far; it must return at once.
    package func upload(
        file path: String, to command: [String], timeout: Duration? = nil, sealedBy seal: (any FileSeal)? = nil,
        progress: @escaping @Sendable (Int) -> Void = { _ in }
    ) async throws(SSHError) -> CommandResult {
        try await execute(command, limits: CommandLimits(timeout: timeout, output: Session.defaultOutputLimit)) {
            () throws(SSHError) in
            let descriptor = open(path, O_RDONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw SSHError(target: target, reason: .local("opening \(path)", errno)) }
            if let seal, seal.thereBefore > 0 { lseek(descriptor, off_t(seal.thereBefore), SEEK_SET) }
            return .file(descriptor, seal, progress)
        }
    }

    /// Standard input as it crosses to the session's thread.
    enum CommandInput: Sendable {
        case bytes([UInt8])
        /// An open file, which the thread closes.
        case file(CInt, (any FileSeal)?, @Sendable (Int) -> Void)

        var source: CommandActivity.Input {
            switch self {
            case .bytes(let bytes): .bytes(ByteQueue(bytes))
            case .file(let descriptor, let seal, let progress):
                .file(FileSource(Descriptor(descriptor), sealedBy: seal, progress: progress))
            }
        }

        /// For an input that no command will read.
        func discard() {
            if case .file(let descriptor, _, _) = self { Glibc.close(descriptor) }
        }
    }

    /// Runs a command here, or in another session where the server has no room for it in this one.
    ///
    /// - Parameters:
    ///   - input: makes the standard input for one try.
    private func execute(
        _ command: [String], limits: CommandLimits, input: () throws(SSHError) -> CommandInput
    ) async throws(SSHError) -> CommandResult {
        let program = try check(command)
        do throws(SSHError) {
            return try await execute(command, program, limits, try input())
        } catch {
            guard let spare, case .sessionsExhausted = error.reason else { throw error }
            return try await spare.session().execute(command, limits: limits, input: input)
        }
    }

    /// One try in this session; the input is used up.
    private func execute(
        _ command: [String], _ name: String, _ limits: CommandLimits, _ input: CommandInput
    ) async throws(SSHError) -> CommandResult {
        let text = ShellQuoting.command(command)
        let hasSpare = spare != nil
        let ticket = mailbox.ticket()
        let target = target
        let result: Result<CommandResult, SSHError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                mailbox.post { delivery in
                    switch delivery {
                    case .ended(let error):
                        input.discard()
                        continuation.resume(returning: .failure(error))
                    case .loop(let loop):
                        let activity = CommandActivity(
                            name: name, target: target, text: text, input: input.source, limits: limits,
                            hasSpare: hasSpare
                        ) { continuation.resume(returning: $0) }
                        loop.add(activity, ticket: ticket)
                    }
                }
            }
        } onCancel: {
            mailbox.post { delivery in
                if case .loop(let loop) = delivery { loop.cancel(ticket) }
            }
        }
        return try result.get()
    }

    /// What messages call a command: its first words, never what a script or a secret may be in.
    func check(_ command: [String]) throws(SSHError) -> String {
        guard let program = command.first, !program.isEmpty else {
            throw SSHError(target: target, reason: .unusable("a command without a name", remedy: "Please report it."))
        }
        guard command.allSatisfy(ShellQuoting.isPossible) else {
            throw SSHError(
                target: target, reason: .unusable("an argument of \(program) contains a NUL", remedy: "Remove it."))
        }
        return program
    }
}
