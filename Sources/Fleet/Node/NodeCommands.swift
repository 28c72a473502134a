import SSH
import Spec

/// Fixed shell scripts run on a node as root.
///
/// Arguments reach a script as `$1` and so on, never as shell text. Contents, secrets among them, go through standard
/// input, so that no list of processes shows them.
struct NodeCommands: Sendable {
    let shell: any NodeShell
    /// What comes before a command so that it runs as root: nothing, or `sudo -n`.
    let privilege: [String]
    let node: Name
    let log: RemoteLog

    /// Runs a script and gives its result, whatever its status.
    ///
    /// - Parameter purpose: what messages and the log call it, such as `writing the roster`.
    func attempt(
        _ purpose: String, _ script: String, _ arguments: [String] = [], input: [UInt8] = [],
        timeout: Duration? = .seconds(50)
    ) async throws -> CommandResult {
        try await log.record(purpose, on: node) {
            try await shell.run(words(script, arguments), input: input, timeout: timeout)
        }
    }

    /// Runs a script that has to succeed.
    @discardableResult
    func run(
        _ purpose: String, _ script: String, _ arguments: [String] = [], input: [UInt8] = [],
        timeout: Duration? = .seconds(50)
    ) async throws -> CommandResult {
        let result = try await attempt(purpose, script, arguments, input: input, timeout: timeout)
        guard result.succeeded else { throw CommandFailure(purpose, result) }
        return result
    }

    /// The words that run a script as root.
    func words(_ script: String, _ arguments: [String]) -> [String] {
        privilege + ["sh", "-c", script, "kvmctl"] + arguments
    }
}
