import YAML

/// The characters of a template, with their places.
struct TemplateText {
    let characters: [Unicode.Scalar]
    let place: TemplatePlace

    /// Throws where the bytes are no text.
    init(_ bytes: [UInt8], in place: TemplatePlace) throws(TemplateErrors) {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var characters: [Unicode.Scalar] = []
        var problem: String?
        reading: while problem == nil {
            switch decoder.decode(&iterator) {
            case .emptyInput: break reading
            case .error: problem = "the file is not valid UTF-8 here; save it as UTF-8 text"
            case .scalarValue("\0"): problem = "the file contains a NUL byte here: it is not a text file"
            case .scalarValue(let character): characters.append(character)
            }
        }
        self.characters = characters
        self.place = place
        if let problem { throw TemplateErrors(place.problem(at: position(of: characters.count), problem)) }
    }

    /// The place of a character; costs as much as there is text before it.
    private func position(of index: Int) -> Position {
        var cursor = TemplateCursor()
        return cursor.position(of: index, in: self)
    }

    /// Where the next two of a character stand; nil where there are none.
    func pair(of character: Unicode.Scalar, from start: Int, isOnOneLine: Bool) -> Int? {
        var index = start
        while index + 1 < characters.count {
            if characters[index] == character, characters[index + 1] == character { return index }
            if isOnOneLine, characters[index] == "\n" { return nil }
            index += 1
        }
        return nil
    }

    /// The line that holds nothing but what stands between two places; nil where there is more on it.
    ///
    /// `next` is the start of the line after it.
    func line(of range: Range<Int>) -> (start: Int, next: Int)? {
        var start = range.lowerBound
        while start > 0, TemplateText.isBlank(characters[start - 1]) { start -= 1 }
        guard start == 0 || characters[start - 1] == "\n" else { return nil }
        var end = range.upperBound
        while end < characters.count, TemplateText.isBlank(characters[end]) { end += 1 }
        if end + 1 < characters.count, characters[end] == "\r", characters[end + 1] == "\n" { end += 1 }
        guard end == characters.count || characters[end] == "\n" else { return nil }
        return (start, min(end + 1, characters.count))
    }

    func string(_ range: Range<Int>) -> String {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: characters[range])
        return String(text)
    }

    /// The same without the blanks at both ends.
    func trimmed(_ range: Range<Int>) -> String {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, TemplateText.isBlank(characters[start]) { start += 1 }
        while end > start, TemplateText.isBlank(characters[end - 1]) { end -= 1 }
        return string(start..<end)
    }

    private static func isBlank(_ character: Unicode.Scalar) -> Bool { character == " " || character == "\t" }
}

/// Counts lines and columns on a way through a text.
struct TemplateCursor {
    private var index = 0
    private var line = 1
    private var column = 1

    /// The place of a character that is not before the last one asked for.
    mutating func position(of wanted: Int, in text: TemplateText) -> Position {
        while index < wanted, index < text.characters.count {
            if text.characters[index] == "\n" {
                line += 1
                column = 1
            } else {
                column += 1
            }
            index += 1
        }
        return text.place.position(line: line, column: column)
    }
}

extension TemplatePlace {
    var start: Position { position(line: 1, column: 1) }

    /// The place of a character, counted from 1 in the template's own text.
    func position(line: Int, column: Int) -> Position {
        switch self {
        case .file(let file):
            Position(file: file, line: line, column: column)
        case .value(let mark, let isPlain, _):
            isPlain && line == 1
                ? Position(file: mark.file, line: mark.line, column: mark.column + column - 1) : mark
        }
    }
}
