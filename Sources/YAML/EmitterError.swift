/// Why a tree could not be written as YAML.
package struct EmitterError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What could not be written and why, in one line.
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
