import Formats

/// Text made safe for a terminal, wherever it came from.
enum Printable {
    /// The text with everything that a terminal would act on written out, such as `\u{1b}`.
    ///
    /// Names, errors and console lines come from nodes and guests: an escape sequence in them could repaint the
    /// plan that somebody is about to confirm. Line breaks are written out too, so that one value stays on one line.
    static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: \.isUnprintable) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case let scalar where scalar.isUnprintable: result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A line of a terminal without its colours and its carriage returns; what else it holds is escaped later.
    static func unpainted(_ line: String) -> String {
        var result = String.UnicodeScalarView()
        var rest = Substring(line).unicodeScalars
        while let scalar = rest.popFirst() {
            if scalar == "\r" { continue }
            guard scalar == "\u{1b}", rest.first == "[" else {
                result.append(scalar)
                continue
            }
            // Parameters up to the letter that ends the sequence.
            let parameters = rest.dropFirst().prefix { (0x20...0x3F).contains($0.value) }
            rest = rest.dropFirst(1 + parameters.count)
            if let last = rest.first, (0x40...0x7E).contains(last.value) { rest.removeFirst() }
        }
        return String(result)
    }
}
