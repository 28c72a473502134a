import Formats
import Spec
import YAML

/// Everything there is to say about a spec, each with the line it speaks of.
struct DiagnosticsView {
    let diagnostics: [Diagnostic]
    /// The lines of the files, by their name.
    let sources: [String: [String]]

    /// As compilers print it; empty where there is nothing to say.
    func text(style: Style) -> String {
        var page = Page()
        // A line that may hold a secret is not shown, whatever is said about it.
        let confidential = Set(diagnostics.filter(\.isConfidential).map { Place($0.position) })
        for diagnostic in shown {
            add(diagnostic, showingSource: !confidential.contains(Place(diagnostic.position)), to: &page)
        }
        if !diagnostics.isEmpty { page.add(summary + remainder, .strong) }
        return page.text(in: style)
    }

    /// More than anybody reads at once; what follows is often the first ones' consequence.
    private static let most = 50

    /// The first of them in the order of their places; where there are too many, errors before warnings.
    private var shown: [Diagnostic] {
        guard diagnostics.count > DiagnosticsView.most else { return diagnostics }
        let errors = diagnostics.filter { $0.severity == .error }
        let warnings = diagnostics.filter { $0.severity == .warning }
        return Diagnostic.inOrder(Array((errors + warnings).prefix(DiagnosticsView.most)))
    }

    /// How many are not shown, in words; empty where all are.
    private var remainder: String {
        let hidden = diagnostics.count - DiagnosticsView.most
        return hidden > 0 ? "; \(hidden) more not shown" : ""
    }

    /// For programs.
    var value: StructuredValue {
        [
            "formatVersion": PlanDocument.formatVersion,
            "errors": .count(count(.error)),
            "warnings": .count(count(.warning)),
            "diagnostics": .list(diagnostics.map(DiagnosticsView.entry)),
        ]
    }

    /// Such as `2 errors, 1 warning`.
    var summary: String {
        [DiagnosticsView.phrase(count(.error), "error"), DiagnosticsView.phrase(count(.warning), "warning")]
            .compactMap(\.self).joined(separator: ", ")
    }

    private func count(_ severity: Diagnostic.Severity) -> Int { diagnostics.count { $0.severity == severity } }

    /// A count with its noun; nil for none.
    static func phrase(_ count: Int, _ noun: String) -> String? {
        count == 0 ? nil : "\(count) \(noun)\(count == 1 ? "" : "s")"
    }

    private func add(_ diagnostic: Diagnostic, showingSource isShown: Bool, to page: inout Page) {
        let ink: Ink = diagnostic.severity == .error ? .alarm : .change
        page.add(
            Line(
                [
                    Span("\(diagnostic.position): ", .strong), Span("\(diagnostic.severity.rawValue): ", ink),
                    Span(diagnostic.message),
                ], hang: 4))
        if isShown { addSource(of: diagnostic.position, ink: ink, to: &page) }
        if let remedy = diagnostic.remedy { page.add(Line([Span("    "), Span(remedy)], hang: 4)) }
        if let related = diagnostic.related {
            page.add(Line([Span("    \(related.position): ", .strong), Span(related.note)], hang: 4))
        }
    }

    /// A line of a file.
    private struct Place: Hashable {
        let file: String
        let line: Int

        init(_ position: Position) {
            file = position.file
            line = position.line
        }
    }

    /// The line in the file with a caret below the place; nothing where the file has no such line.
    private func addSource(of position: Position, ink: Ink, to page: inout Page) {
        guard let lines = sources[position.file], lines.indices.contains(position.line - 1) else { return }
        let line = Array(lines[position.line - 1])
        guard position.column >= 1, position.column <= line.count + 1 else { return }
        // A long line is cut so that the place stays in sight.
        let start =
            position.column > DiagnosticsView.longestLine ? position.column - DiagnosticsView.longestLine / 2 : 0
        let shown = line[start...].prefix(DiagnosticsView.longestLine)
        // One column for each character, whatever it is, so that the caret stands where it should.
        let text = String(shown.map { $0.unicodeScalars.contains(where: \.isUnprintable) ? " " : $0 })
        let margin = "\(position.line)"
        page.add(Line([Span("    \(margin) | ", .quiet), Span(text)]))
        let blank = String(repeating: " ", count: margin.count)
        let offset = String(repeating: " ", count: position.column - 1 - start)
        page.add(Line([Span("    \(blank) | ", .quiet), Span(offset), Span("^", ink)]))
    }

    private static let longestLine = 100

    private static func entry(_ diagnostic: Diagnostic) -> StructuredValue {
        [
            "severity": .text(diagnostic.severity.rawValue),
            "position": PlanDocument.position(diagnostic.position),
            "message": .text(diagnostic.message),
            "remedy": .optional(diagnostic.remedy),
            "related": diagnostic.related.map {
                ["note": .text($0.note), "position": PlanDocument.position($0.position)]
            } ?? .null,
        ]
    }
}
