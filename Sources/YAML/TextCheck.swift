/// Tells text from what is not text, before the parser sees it.
///
/// libyaml reports such bytes by their offset in its own buffer; people need a line.
enum TextCheck {
    /// The first reason not to read these bytes as YAML.
    static func firstProblem(in bytes: [UInt8], file: String, limits: Limits) -> YAMLError? {
        let start = Position(file: file, line: 1, column: 1)
        guard bytes.count <= limits.fileSize else {
            let found = "\(bytes.count) bytes"
            return YAMLError(
                at: start, "the file is too large to be a specification: \(found), the limit is \(limits.fileSize)")
        }
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            return YAMLError(at: start, "the file is UTF-16; save it as UTF-8")
        }
        return firstBadCharacter(in: bytes, file: file)
    }

    private static func firstBadCharacter(in bytes: [UInt8], file: String) -> YAMLError? {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var line = 1
        var column = 1
        while true {
            let mark = Position(file: file, line: line, column: column)
            switch decoder.decode(&iterator) {
            case .emptyInput:
                return nil
            case .error:
                return YAMLError(at: mark, "the file is not valid UTF-8 here; save it as UTF-8 text")
            case .scalarValue("\n"):
                line += 1
                column = 1
            case .scalarValue(let scalar):
                if scalar.isForbidden { return notText(scalar, at: mark) }
                column += 1
            }
        }
    }

    private static func notText(_ scalar: Unicode.Scalar, at mark: Position) -> YAMLError {
        if scalar == "\0" { return YAMLError(at: mark, "the file contains a NUL byte here: it is not a text file") }
        let code = String(scalar.value, radix: 16, uppercase: true)
        let padded = String(repeating: "0", count: max(0, 4 - code.count)) + code
        return YAMLError(
            at: mark,
            "the file contains the control character U+\(padded) here; remove it, or write it as an escape in double quotes"
        )
    }
}

extension Unicode.Scalar {
    /// Whether YAML forbids the character in a file (YAML 1.2, production 1, c-printable).
    fileprivate var isForbidden: Bool {
        switch value {
        case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFFFD, 0x10000...0x10FFFF: false
        default: true
        }
    }
}
