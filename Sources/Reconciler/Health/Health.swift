/// How an instance is, in one word and with the reason.
package struct Health: Sendable, Hashable {
    /// From best to worst, but for `stopped`, which is as wanted.
    package enum Status: String, Sendable, Hashable, CaseIterable {
        case healthy = "Healthy"
        /// It is off, and the spec does not want it on.
        case stopped = "Stopped"
        /// On its way: being made, starting, being deleted.
        case progressing = "Progressing"
        /// There, and not as it should be.
        case degraded = "Degraded"
        /// The spec wants it and no node has it.
        case missing = "Missing"
        /// The node that holds or may hold it does not answer.
        case unknown = "Unknown"
    }

    package var status: Status
    /// Why, in words; empty for what is as it should be.
    package var reason: String

    package init(_ status: Status, _ reason: String = "") {
        self.status = status
        self.reason = reason
    }
}
