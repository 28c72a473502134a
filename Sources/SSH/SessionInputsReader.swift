import Blocking

/// Reads what decides where sessions go, on a thread of its own.
///
/// One of them serves a round, and reads each known_hosts file once: all nodes most often have the same, which may be
/// long. What changes meanwhile is seen in the next round.
package actor SessionInputsReader {
    private let executor = QueueExecutor(label: "session inputs")
    private var knownHosts = KnownHostsFiles()

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    package init() {}

    /// What a session would be opened by now; waits for as long as small local files take.
    package func inputs(of endpoint: Endpoint, options: ConnectOptions) -> SessionInputs {
        SessionInputs(endpoint, options: options, knownHosts: &knownHosts)
    }
}
