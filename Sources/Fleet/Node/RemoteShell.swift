import SSH

/// Commands on a node over ssh, each in a channel of its own.
struct RemoteShell: NodeShell {
    let session: Session
    var privilege: [String] = []

    func run(_ command: [String], input: [UInt8], timeout: Duration?) async throws -> CommandResult {
        try await session.run(privilege + command, input: input, timeout: timeout)
    }

    func upload(
        file: String, to command: [String], sealedBy seal: (any FileSeal)?,
        progress: @escaping @Sendable (UInt64) -> Void
    ) async throws -> CommandResult {
        try await session.upload(file: file, to: privilege + command, sealedBy: seal) { progress(UInt64($0)) }
    }

    func cutOff() async { await session.close() }

    func hold(_ command: [String]) async throws -> any KeepaliveCommand {
        RemoteKeepalive(keepalive: try await session.hold(privilege + command))
    }
}
