import SSH

/// A command held over ssh.
struct RemoteKeepalive: KeepaliveCommand {
    let keepalive: Keepalive

    var lines: AsyncStream<String> { keepalive.lines }

    var isAlive: Bool { keepalive.isAlive }

    func release() async throws -> CommandResult { try await keepalive.release() }

    func ended() async throws -> CommandResult { try await keepalive.ended() }
}
