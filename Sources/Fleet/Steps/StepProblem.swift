/// Why a step cannot be done, in words of its own.
package struct StepProblem: Error, Sendable, CustomStringConvertible {
    package let reason: String
    package let remedy: String?

    package init(_ reason: String, remedy: String? = nil) {
        self.reason = reason
        self.remedy = remedy
    }

    package var description: String { reason }
}
