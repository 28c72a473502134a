/// Why a seed could not be made.
///
/// It never holds a secret, nor what a tool said that was given one.
package struct SeedError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was being done, in one line.
    package let description: String
    /// Why it failed; nil where the description says it all.
    package let cause: String?
    /// What to do about it.
    package let remedy: String?

    package init(_ description: String, cause: String? = nil, remedy: String? = nil) {
        self.description = description
        self.cause = cause
        self.remedy = remedy
    }
}
