import SSH

/// A command held over ssh.
struct RemoteHold: HeldCommand {
    let hold: Hold

    var lines: AsyncStream<String> { hold.lines }

    var isAlive: Bool { hold.isAlive }

    func release() async throws -> CommandResult { try await hold.release() }

    func ended() async throws -> CommandResult { try await hold.ended() }
}
