/// Why a step cannot be done, in words of its own.
package struct StepProblem: Error, Sendable, CustomStringConvertible {
    package let reason: String
    package let remedy: String?
    /// Whether a change began in a guest and failed there by itself: the same would fail again.
    package let isOfChange: Bool

    package init(_ reason: String, remedy: String? = nil, isOfChange: Bool = false) {
        self.reason = reason
        self.remedy = remedy
        self.isOfChange = isOfChange
    }

    package var description: String { reason }
}
