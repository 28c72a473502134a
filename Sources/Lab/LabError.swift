/// A failure of the lab: what was tried, why it did not work, and what a person can do about it.
///
/// `description` is the first part only; `reason` and `remedy` are printed after it, once, by the command.
package struct LabError: Error, Sendable, CustomStringConvertible {
    /// What was being done to which object, without a full stop, as in "start the node kvm1".
    package let attempt: String

    /// Why it failed; may have several lines when a tool said several.
    package let reason: String

    /// What to do next, if there is more to say than to read the reason.
    package let remedy: String?

    init(_ attempt: String, reason: String, remedy: String? = nil) {
        self.attempt = attempt
        self.reason = reason
        self.remedy = remedy
    }

    package var description: String { "cannot \(attempt)" }
}
