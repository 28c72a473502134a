import Formats

/// Everything about one thing, in chapters, for people and programs.
struct Description: Sendable {
    /// A heading with rows of a table below it.
    struct Chapter: Sendable {
        let title: String
        let head: [String]
        var rows: [[Span]]
    }

    /// What it is, such as `instance/web-1`.
    let title: String
    /// Words and what they say, first of all.
    var facts: [(word: String, text: Span)] = []
    var chapters: [Chapter] = []
    /// Lines worth reading, such as a way to its console.
    var hints: [String] = []
    var value: StructuredValue = .null
    /// Whether the node that would tell does not answer.
    var isUnknown = false

    init(_ title: String) {
        self.title = title
    }

    /// As text for people; chapters without rows are left out.
    var page: Page {
        var page = Page()
        page.add(title, .strong)
        page.add(Columns.lines(facts.map { [Span("\($0.word):"), $0.text] }, indent: 2))
        for chapter in chapters where !chapter.rows.isEmpty {
            page.gap()
            page.add(chapter.title, .strong)
            let head = chapter.head.isEmpty ? [] : [chapter.head.map { Span($0, .quiet) }]
            page.add(Columns.lines(head + chapter.rows, indent: 2, gap: 3))
        }
        if !hints.isEmpty { page.gap() }
        for hint in hints { page.add(hint, .quiet) }
        return page
    }

    mutating func add(_ word: String, _ text: String?, _ ink: Ink? = nil) {
        guard let text, !text.isEmpty else { return }
        facts.append((word, Span(text, ink)))
    }
}
