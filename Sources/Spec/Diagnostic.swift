package import YAML

/// One thing to say about the spec: where, what is wrong, what was expected, and what to do.
package struct Diagnostic: Sendable, Hashable {
    package let severity: Severity
    package let position: Position
    /// What is wrong and what was expected, without the place.
    package let message: String
    /// What to do about it, for example the name that was probably meant.
    package let remedy: String?
    /// A second place that belongs to it.
    package let related: Related?
    /// Whether the line of the file may hold a secret, so that it must not be shown with the message.
    package let isConfidential: Bool

    package init(
        _ severity: Severity = .error, at position: Position, _ message: String, remedy: String? = nil,
        related: Related? = nil, isConfidential: Bool = false
    ) {
        self.severity = severity
        self.position = position
        self.message = message
        self.remedy = remedy
        self.related = related
        self.isConfidential = isConfidential
    }
}

extension Diagnostic {
    /// Whether a spec with this can be used.
    package enum Severity: String, Sendable, Hashable {
        /// The spec is refused.
        case error
        /// The spec is used; a person should look.
        case warning
    }

    /// A second place that belongs to a diagnostic.
    package struct Related: Sendable, Hashable {
        /// What is there, for example `first defined`.
        package let note: String
        package let position: Position

        package init(_ note: String, at position: Position) {
            self.note = note
            self.position = position
        }
    }

    /// A YAML error as a diagnostic.
    package init(_ error: YAMLError) {
        self.init(
            at: error.mark, error.message,
            related: error.related.map { Related($0.note, at: $0.mark) })
    }
}

extension Diagnostic {
    /// The same about something that the spec can be used without.
    package var warning: Diagnostic {
        Diagnostic(
            .warning, at: position, message, remedy: remedy, related: related, isConfidential: isConfidential)
    }
}

extension Diagnostic: CustomStringConvertible {
    /// One line: `file:line:column: error: what; remedy (note: file:line:column)`.
    package var description: String {
        var line = "\(position): \(severity.rawValue): \(message)"
        if let remedy { line += "; \(remedy)" }
        if let related { line += " (\(related.note): \(related.position))" }
        return line
    }
}

extension Diagnostic {
    /// Without repetitions, in the order of the places they speak of.
    package static func inOrder(_ diagnostics: [Diagnostic]) -> [Diagnostic] {
        Set(diagnostics).sorted { left, right in
            guard left.position == right.position else { return left.position < right.position }
            return (left.severity.rawValue, left.description) < (right.severity.rawValue, right.description)
        }
    }
}
