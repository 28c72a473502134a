/// Text made safe for a terminal, wherever it came from.
enum Printable {
    /// The text with everything that a terminal would act on written out, such as `\u{1b}`.
    ///
    /// Names, errors and console lines come from nodes and guests: an escape sequence in them could repaint the
    /// plan that somebody is about to confirm. Line breaks are written out too, so that one value stays on one line.
    static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isUnsafe) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case let scalar where isUnsafe(scalar): result += "\\u{\(String(scalar.value, radix: 16))}"
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

    /// Controls, separators of lines, and what changes the direction or hides characters.
    static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F: true
        case 0x061C, 0x200B...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB: true
        case 0xE0000...0xE007F: true
        default: false
        }
    }
}
