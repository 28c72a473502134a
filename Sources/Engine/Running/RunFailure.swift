/// Why something that was asked for by name was not done, or not all of it.
package struct RunFailure: Error, Sendable {
    /// What the run ends with.
    package var status: RunStatus
    /// In words for people; nil where the observer was told.
    package var message: String?
    /// What to do about it.
    package var remedy: String?
    /// The spec that is wrong, where that is why.
    package var spec: LoadedSpec?

    package init(_ message: String, remedy: String?, _ status: RunStatus = .failed, spec: LoadedSpec? = nil) {
        self.message = message
        self.remedy = remedy
        self.status = status
        self.spec = spec
    }

    /// One of which nothing more is to be said.
    package init(_ status: RunStatus) {
        self.status = status
    }

    /// - Throws: where the task is cancelled.
    static func checkInterruption() throws(RunFailure) {
        guard !Task.isCancelled else { throw RunFailure(.interrupted) }
    }
}
