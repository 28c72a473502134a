import SSH

/// A command held over ssh.
struct RemoteKeepalive: KeepaliveCommand {
    let hold: Keepalive

    var lines: AsyncStream<String> { hold.lines }

    var isAlive: Bool { hold.isAlive }

    func release() async throws -> CommandResult { try await hold.release() }

    func ended() async throws -> CommandResult { try await hold.ended() }
}
