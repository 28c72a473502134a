/// How any text is kept in an attribute of a mark.
///
/// XML can hold neither most control characters nor U+FFFE and U+FFFF, it turns line breaks in attributes into
/// spaces, and Foundation drops a byte order mark. These characters are written as `\u{1b}`, and a backslash as `\\`;
/// everything else stays readable.
enum MarkText {
    /// The text in a form that XML holds unchanged.
    static func escaped(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: needsEscape) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if scalar == "\\" {
                result += "\\\\"
            } else if needsEscape(scalar) {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The text that was escaped; nil where no text is written like this.
    static func unescaped(_ text: String) -> String? {
        guard text.unicodeScalars.contains("\\") else { return text }
        var result = String.UnicodeScalarView()
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            guard scalar == "\\" else {
                result.append(scalar)
                continue
            }
            switch rest.popFirst() {
            case "\\":
                result.append("\\")
            case "u":
                guard rest.popFirst() == "{", let end = rest.firstIndex(of: "}") else { return nil }
                guard let value = UInt32(String(rest[..<end]), radix: 16), let scalar = Unicode.Scalar(value) else {
                    return nil
                }
                result.append(scalar)
                rest = rest[rest.index(after: end)...]
            default:
                return nil
            }
        }
        return String(result)
    }

    private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF, 0x5C: true
        default: false
        }
    }
}
