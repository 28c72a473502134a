import SSH

/// A command that runs until it is let go, and ends by itself within half a minute when we are gone.
protocol KeepaliveCommand: Sendable {
    /// The lines it writes, for one reader.
    var lines: AsyncStream<String> { get }

    /// Whether it was told in time, up to now, that we live; false once it was not.
    var isAlive: Bool { get }

    /// Lets it end and waits for that.
    func release() async throws -> CommandResult

    /// Waits for its end, however it comes.
    func ended() async throws -> CommandResult
}
