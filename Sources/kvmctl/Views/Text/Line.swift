/// One line of a view.
struct Line: Sendable, Hashable {
    var spans: [Span]
    /// Where the rest goes when the line is too long for the terminal.
    var hang: Int

    init(_ spans: [Span] = [], hang: Int = 0) {
        self.spans = spans
        self.hang = hang
    }

    init(_ text: String, _ ink: Ink? = nil, indent: Int = 0) {
        self.init([Span(String(repeating: " ", count: indent)), Span(text, ink)], hang: indent)
    }

    static let empty = Line()

    /// The line as it is printed, in one piece or broken at spaces; without a line break at its end.
    func text(in style: Style) -> String {
        guard let width = style.width, spans.reduce(0, { $0 + $1.width }) > width else {
            return Line.painted(spans, colour: style.hasColour)
        }
        return wrapped(to: width).map { Line.painted($0, colour: style.hasColour) }.joined(separator: "\n")
    }

    /// Breaks at the last space that still fits; a word that is longer than a line is left whole.
    private func wrapped(to width: Int) -> [[Span]] {
        let hang = min(hang, width / 2)
        var rows: [[Span]] = []
        var row: [Span] = []
        var column = 0
        for span in spans {
            for word in Line.words(span.text) {
                let isSpace = word.allSatisfy { $0 == " " }
                if column + word.count > width, column > hang, !isSpace {
                    rows.append(row)
                    row = [Span(String(repeating: " ", count: hang))]
                    column = hang
                }
                // Spaces that would start a continued line are what the break replaced.
                if isSpace, !rows.isEmpty, column == hang { continue }
                row.append(span.replacing(word))
                column += word.count
            }
        }
        return rows + [row]
    }

    /// The runs of spaces and of anything else, in order.
    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        for character in text {
            if let last = words.last?.last, (last == " ") == (character == " ") {
                words[words.count - 1].append(character)
            } else {
                words.append(String(character))
            }
        }
        return words
    }

    private static func painted(_ spans: [Span], colour: Bool) -> String {
        var spans = spans
        while let last = spans.popLast() {
            let text = String(last.text.reversed().drop { $0 == " " }.reversed())
            guard !text.isEmpty else { continue }
            spans.append(last.replacing(text))
            break
        }
        return spans.map { span in
            guard colour, let ink = span.ink, !span.text.isEmpty else { return span.text }
            return ink.code + span.text + Ink.reset
        }.joined()
    }
}
