/// Why a roster could not be read.
package struct RosterError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong with the file, in one line.
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}
