/// Lines on their way out.
struct Page: Sendable, Hashable {
    var lines: [Line] = []

    /// Adds a line of plain text.
    mutating func add(_ text: String, _ ink: Ink? = nil, indent: Int = 0) {
        lines.append(Line(text, ink, indent: indent))
    }

    mutating func add(_ line: Line) { lines.append(line) }

    mutating func add(_ more: [Line]) { lines += more }

    /// Adds an empty line, unless the page is empty or ends in one.
    mutating func gap() {
        if let last = lines.last, last != .empty { lines.append(.empty) }
    }

    /// The page as text, each line ended.
    func text(in style: Style) -> String {
        lines.map { $0.text(in: style) + "\n" }.joined()
    }
}
