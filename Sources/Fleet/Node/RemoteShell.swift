import SSH

/// Commands on a node over ssh.
struct RemoteShell: NodeShell {
    let session: Session

    func run(_ command: [String], input: [UInt8], timeout: Duration?) async throws -> CommandResult {
        try await session.run(command, input: input, timeout: timeout)
    }

    func upload(
        file: String, to command: [String], progress: @escaping @Sendable (UInt64) -> Void
    ) async throws -> CommandResult {
        try await session.upload(file: file, to: command, timeout: nil) { progress(UInt64($0)) }
    }

    func cutOff() async { await session.close() }

    func hold(_ command: [String]) async throws -> any HeldCommand {
        RemoteHold(hold: try await session.hold(command))
    }
}
