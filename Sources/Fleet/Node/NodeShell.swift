import SSH

/// A way to run commands on a node as root: over ssh, or on this machine.
protocol NodeShell: Sendable {
    /// What comes before a command so that it runs as root: nothing, or `sudo -n`.
    var privilege: [String] { get }

    /// Runs a command to its end; a status other than 0 is no error.
    func run(_ command: [String], input: [UInt8], timeout: Duration?) async throws -> CommandResult

    /// Sends a local file into a command's standard input, and after it what the seal says.
    ///
    /// `progress` gets the bytes sent so far and must return at once.
    func upload(
        file: String, to command: [String], sealedBy seal: (any FileSeal)?,
        progress: @escaping @Sendable (UInt64) -> Void
    ) async throws -> CommandResult

    /// Ends the commands that run, and lets no other begin; what is held goes by itself.
    func cutOff() async

    /// Starts a command that is written a line every few seconds for as long as we live.
    func hold(_ command: [String]) async throws -> any KeepaliveCommand
}
