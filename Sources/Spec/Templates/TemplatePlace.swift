/// Where the text of a template stands.
package enum TemplatePlace: Sendable, Equatable {
    /// A file of its own.
    case file(String)
    /// The value of a key, which messages name by its path; places are exact in plain text only.
    case value(Position, isPlain: Bool, path: String)

    /// Something wrong at a place.
    func problem(
        at position: Position, _ message: String, remedy: String? = nil, related: Diagnostic.Related? = nil
    ) -> Diagnostic {
        switch self {
        case .file: Diagnostic(at: position, message, remedy: remedy, related: related)
        case .value(_, _, let path):
            Diagnostic(at: position, "\(path): \(message)", remedy: remedy, related: related)
        }
    }
}
