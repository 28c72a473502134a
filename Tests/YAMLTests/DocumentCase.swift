import Testing

/// One row of a table: a document and what reading it must give.
struct DocumentCase: Sendable, CustomTestStringConvertible {
    let name: String
    let text: String
    let expected: String

    init(_ name: String, _ text: String, gives expected: String) {
        self.name = name
        self.text = text
        self.expected = expected
    }

    var testDescription: String { name }
}
