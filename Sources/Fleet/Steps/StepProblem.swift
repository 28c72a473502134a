/// Why a step cannot be done, in words of its own.
package struct StepProblem: Error, Sendable, CustomStringConvertible {
    package let reason: String
    package let remedy: String?
    /// What was said last, without secrets, where a change began in a guest and failed there by itself: the same would
    /// fail again.
    package let failedChange: [String]?

    package init(_ reason: String, remedy: String? = nil, failedChange: [String]? = nil) {
        self.reason = reason
        self.remedy = remedy
        self.failedChange = failedChange
    }

    package var description: String { reason }
}
