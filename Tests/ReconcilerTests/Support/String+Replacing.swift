import Testing

extension String {
    /// The text with one piece put in another's place; a test that names a piece which is not there fails.
    ///
    /// It stands before the standard library's method of that name, which then changes nothing: the test would go on with the
    /// text that it meant to change.
    func replacing(_ old: String, with new: String, source: SourceLocation = #_sourceLocation) -> String {
        let parts = split(separator: old, omittingEmptySubsequences: false)
        if parts.count < 2 { Issue.record("the text to replace is not there: \(old)", sourceLocation: source) }
        return parts.joined(separator: new)
    }
}
