/// One thing that is wrong with a YAML file as YAML.
package struct YAMLError: Error, Sendable, Equatable {
    /// Where to look.
    package let mark: Position
    /// What is wrong and what to do, in one plain sentence without a place.
    package let message: String
    /// A second place that belongs to the problem, with what is there.
    package let related: Related?

    package init(at mark: Position, _ message: String, related: Related? = nil) {
        self.mark = mark
        self.message = message
        self.related = related
    }
}

extension YAMLError {
    /// A second place that belongs to a problem.
    package struct Related: Sendable, Equatable {
        package let mark: Position
        /// What is at this place, for example "first defined here".
        package let note: String

        package init(at mark: Position, _ note: String) {
            self.mark = mark
            self.note = note
        }
    }
}

extension YAMLError: CustomStringConvertible {
    package var description: String {
        guard let related else { return "\(mark): \(message)" }
        return "\(mark): \(message) (\(related.note): \(related.mark))"
    }
}
