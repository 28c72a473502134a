/// Why XML that came from a node could not be read.
package struct XMLReadingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What could not be read and why, in one line.
    package let description: String

    package init(_ description: String) {
        self.description = description
    }
}
