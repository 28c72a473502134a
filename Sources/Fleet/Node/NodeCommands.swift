package import SSH
import Spec

/// Fixed shell scripts run on a node as root.
///
/// Contents, secrets among them, go through a script's standard input, so that no list of processes shows them.
package struct NodeCommands: Sendable {
    let shell: any NodeShell
    let node: Name
    let log: RemoteLog
    /// Whether the node itself ends a script with all that it started when its time is up.
    var endsThere = true

    /// Runs a script and gives its result, whatever its status.
    ///
    /// - Parameter purpose: what messages and the log call it, such as `writing the roster`.
    package func attempt(
        _ purpose: String, _ script: Script, input: [UInt8] = [], timeout: Duration? = .seconds(50)
    ) async throws -> CommandResult {
        try await log.record(purpose, on: node) {
            guard endsThere else {
                return try await shell.run(words(script), input: input, timeout: timeout)
            }
            guard let timeout else {
                return try await shell.run(
                    words(script, limit: Self.endless), input: input, timeout: nil)
            }
            let limit = max(1, Int((timeout / .seconds(1)).rounded(.up)))
            let start = ContinuousClock.now
            let result = try await shell.run(
                words(script, limit: limit), input: input, timeout: .seconds(limit) + Self.grace)
            let isKilled = result.ending == .exited(Self.killed) && start.duration(to: .now) >= .seconds(limit)
            guard result.ending != .exited(Self.timedOut), !isKilled else {
                throw StepProblem(
                    "\(purpose) did not finish within \(limit) s and was aborted",
                    remedy:
                        "Check the node's load, its disks and its network, then run the command again."
                )
            }
            return result
        }
    }

    /// The status of `timeout` when the time was up.
    private static let timedOut = 124
    /// Its status when it had to kill what did not end even then.
    private static let killed = 137
    /// Ten days: what has no limit has a process group as well, which ends as a whole when the run is cancelled.
    private static let endless = 864_000
    /// How much longer than the script's limit is waited here, for its end and for the answer's way.
    private static let grace = Duration.seconds(10)

    /// Runs a script that has to succeed.
    @discardableResult
    package func run(
        _ purpose: String, _ script: Script, input: [UInt8] = [], timeout: Duration? = .seconds(50)
    ) async throws -> CommandResult {
        let result = try await attempt(purpose, script, input: input, timeout: timeout)
        guard result.succeeded else { throw CommandFailure(purpose, result) }
        return result
    }

    /// The words that run a script.
    ///
    /// - Parameter limit: seconds after which the node ends it with its process group, also when nobody listens any more:
    ///   a script that goes on alone would work beside the next run.
    func words(_ script: Script, limit: Int? = nil) -> [String] {
        let bound = limit.map { ["timeout", "-k", "5", "\($0)"] } ?? []
        return bound + script.words()
    }
}
