/// Text with `{{names}}` in it, into which values are put: a strict subset of Mustache without any logic.
///
/// There are values `{{a}}`, sections `{{#a}}…{{/a}}`, inverted ones `{{^a}}…{{/a}}` and comments `{{! … }}`.
///
/// Nothing is escaped, and a name that does not exist is an error: what a package installs must never be half of what was meant.
package struct Template: Sendable, Equatable {
    let parts: [TemplatePart]
    let place: TemplatePlace
}

extension Template {
    /// In bytes.
    static let largest = 256 << 10
    /// Of sections in each other.
    static let deepest = 8

    /// Reads a template's text; throws everything that is wrong with it by itself.
    package init(_ bytes: [UInt8], in place: TemplatePlace) throws(TemplateErrors) {
        guard bytes.count <= Template.largest else {
            throw TemplateErrors(place.problem(at: place.start, "a template has at most 256KiB"))
        }
        let text = try TemplateText(bytes, in: place)
        let tokens = TemplateTokens(text)
        var parser = TemplateParser(place)
        for token in tokens.tokens { parser.add(token) }
        parser.finish()
        let errors = tokens.errors + parser.errors
        guard errors.isEmpty else { throw TemplateErrors(errors) }
        self.init(parts: parser.parts, place: place)
    }

    /// A template in a file of its own.
    package init(_ bytes: [UInt8], file: String) throws(TemplateErrors) {
        try self.init(bytes, in: .file(file))
    }

    /// Every name in it, in the order in which they stand there; a section's is there once.
    package var names: [TemplateName] { parts.flatMap(\.names) }
}

/// Everything that is wrong with a template's text.
package struct TemplateErrors: Error, Sendable, Equatable {
    package let diagnostics: [Diagnostic]

    init(_ diagnostics: [Diagnostic]) {
        self.diagnostics = diagnostics
    }

    init(_ diagnostic: Diagnostic) {
        diagnostics = [diagnostic]
    }
}
