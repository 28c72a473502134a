import Formats
import Spec

/// Things of one kind in rows, for every format that `get` has.
struct Listing: Sendable, Hashable {
    /// One column of the table.
    struct Column: Sendable, Hashable {
        let title: String
        /// Whether only `-o wide` shows it.
        let isWide: Bool

        init(_ title: String, wide isWide: Bool = false) {
            self.title = title
            self.isWide = isWide
        }
    }

    /// One thing: a cell for each column, and the same for programs.
    struct Row: Sendable, Hashable {
        let name: String
        let cells: [Span]
        let value: StructuredValue

        init(_ name: String, cells: [Span], value: StructuredValue) {
            self.name = name
            self.cells = cells
            self.value = value
        }
    }

    /// In the plural, such as `instances`.
    var kind: String
    var columns: [Column]
    var rows: [Row]
    /// Nodes that did not answer, so that things may be missing here.
    var unknownNodes: [Name]
    /// Whether nothing is known, since no node answered.
    var isBlind = false

    /// The list in one of the formats.
    func render(_ format: ListFormat, style: Style) -> String {
        switch format {
        case .table: table(isWide: false).text(in: style)
        case .wide: table(isWide: true).text(in: style)
        case .json: document.json
        case .yaml: document.yaml
        case .name: rows.map { Printable.escaped($0.name) + "\n" }.joined()
        }
    }

    private var document: StructuredValue {
        [
            "formatVersion": PlanDocument.formatVersion,
            "kind": .text(kind),
            "unknownNodes": .texts(unknownNodes.map(\.text)),
            "items": .list(rows.map(\.value)),
        ]
    }

    private func table(isWide: Bool) -> Page {
        var page = Page()
        guard !rows.isEmpty else {
            // An empty list would say that there is nothing.
            if unknownNodes.isEmpty {
                page.add("No \(kind).")
            } else if !isBlind {
                page.add("No \(kind) on the nodes that answered.")
            }
            return page
        }
        let shown = columns.indices.filter { isWide || !columns[$0].isWide }
        let head = shown.map { Span(columns[$0].title, .strong) }
        let body = rows.map { row in shown.map { row.cells.indices.contains($0) ? row.cells[$0] : Span("-") } }
        page.add(Columns.lines([head] + body, gap: 3))
        return page
    }
}
