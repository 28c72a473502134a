import SSH

/// Commands on a node over ssh by a shell that stays; what is streamed or held has a channel of its own.
///
/// A shell that ended, as one that the node's memory killer took, costs the commands that ran in it, and the next
/// command starts another.
actor PersistentShell: NodeShell {
    nonisolated let privilege: [String]
    private let session: Session
    /// What is streamed or held.
    private let channels: RemoteShell
    private var shell: Task<CommandShell, any Error>

    init(_ session: Session, _ shell: CommandShell, privilege: [String]) {
        self.session = session
        self.privilege = privilege
        self.shell = Task<CommandShell, any Error> { shell }
        channels = RemoteShell(session: session, privilege: privilege)
    }

    nonisolated func run(_ command: [String], input: [UInt8], timeout: Duration?) async throws -> CommandResult {
        try await open().run(command, input: input, timeout: timeout)
    }

    nonisolated func upload(
        file: String, to command: [String], sealedBy seal: (any FileSeal)?,
        progress: @escaping @Sendable (UInt64) -> Void
    ) async throws -> CommandResult {
        try await channels.upload(file: file, to: command, sealedBy: seal, progress: progress)
    }

    nonisolated func cutOff() async { await session.close() }

    nonisolated func hold(_ command: [String]) async throws -> any KeepaliveCommand { try await channels.hold(command) }

    /// The shell that takes commands now.
    private func open() async throws -> CommandShell {
        let current = shell
        if let open = try? await current.unlessCancelled(), open.isOpen { return open }
        try Task.checkCancellation()
        // Another command may have started the next one meanwhile.
        if shell == current {
            shell = Task<CommandShell, any Error> { [session, privilege] in
                let shell = try await CommandShell.start(on: session) { privilege + $0 }
                // Whoever waits is told why it did not start.
                _ = try await shell.preamble()
                return shell
            }
        }
        return try await shell.unlessCancelled()
    }
}
