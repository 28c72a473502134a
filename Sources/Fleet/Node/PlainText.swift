/// Text from nodes and guests, made fit for a person's terminal.
package enum PlainText {
    /// The text with every control character but the newline written out, such as `\u{1b}`.
    ///
    /// Without it, a guest's console could move the reader's cursor or change the terminal's title.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A: result.unicodeScalars.append(scalar)
            case 0x09: result += " "
            case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// A terminal's text without what colours it or moves the cursor, and with each carriage return as a line end.
    ///
    /// Only whole sequences go (`ESC [`, parameters, a letter); what is left of a broken one has to be escaped.
    package static func withoutSequences(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var scalars = text.unicodeScalars[...]
        while let scalar = scalars.popFirst() {
            if scalar == "\u{1b}", scalars.first == "[" {
                let rest = scalars.dropFirst().drop { ("0"..."?").contains($0) }
                if let end = rest.first, ("@"..."~").contains(end) {
                    scalars = rest.dropFirst()
                    continue
                }
            }
            result.append(scalar == "\r" ? "\n" : scalar)
        }
        return String(result)
    }

    /// The text in one line, its lines joined by `; `, without white space at the ends.
    package static func line(_ text: String) -> String {
        lines(text).joined(separator: "; ")
    }

    /// The escaped lines that hold anything.
    package static func lines(_ text: String) -> [String] {
        let unified = text.replacing("\r\n", with: "\n").replacing("\r", with: "\n")
        return escaped(unified).split(separator: "\n").map(trimmed).filter { !$0.isEmpty }
    }

    private static func trimmed(_ line: Substring) -> String {
        let start = line.drop { $0 == " " }
        guard let last = start.lastIndex(where: { $0 != " " }) else { return "" }
        return String(start[...last])
    }
}
