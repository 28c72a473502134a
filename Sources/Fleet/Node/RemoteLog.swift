package import Spec

/// Where every call to a node is written down with its duration, for `--log`.
///
/// A call is named by what it does to which object; contents and arguments that may hold secrets never get here.
package struct RemoteLog: Sendable {
    /// One call that has ended.
    package struct Entry: Sendable {
        package let node: Name
        package let call: String
        package let duration: Duration
        /// Why it failed, in one line; nil where it did not.
        package let failure: String?
    }

    private let write: (@Sendable (Entry) -> Void)?

    /// A log that hands every entry to `write`, from any task; nil for no log at all.
    package init(_ write: (@Sendable (Entry) -> Void)? = nil) {
        self.write = write
    }

    /// Runs `body` and writes down how long it took and whether it failed.
    func record<Value>(_ call: String, on node: Name, _ body: () async throws -> Value) async throws -> Value {
        guard let write else { return try await body() }
        let start = ContinuousClock.now
        do {
            let value = try await body()
            write(Entry(node: node, call: call, duration: start.duration(to: .now), failure: nil))
            return value
        } catch {
            write(
                Entry(
                    node: node, call: call, duration: start.duration(to: .now),
                    failure: PlainText.line(String(describing: error))))
            throw error
        }
    }
}
