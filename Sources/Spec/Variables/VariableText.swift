/// Text with `${name}`, `${name:-default}` and `$${` in it, taken apart.
struct VariableText {
    /// A piece of the text.
    enum Piece: Equatable {
        case text(String)
        case variable(name: String, fallback: String?, offset: Int)
    }

    /// Why a text cannot be taken apart, with the offset in characters.
    struct Problem: Error, Equatable {
        let message: String
        let offset: Int
    }

    let pieces: [Piece]

    /// Whether there is anything to put in, `$${` included.
    static func isNeeded(for text: String) -> Bool {
        text.utf8.contains(UInt8(ascii: "$")) && text.contains("${")
    }

    init(_ text: String) throws(Problem) {
        var pieces: [Piece] = []
        var plain = ""
        var rest = Substring(text)
        while let dollar = rest.firstIndex(of: "$") {
            plain += rest[..<dollar]
            let offset = text.unicodeScalars.distance(from: text.startIndex, to: dollar)
            rest = rest[dollar...]
            if rest.hasPrefix("$${") {
                plain += "${"
                rest = rest.dropFirst(3)
            } else if rest.hasPrefix("${") {
                guard let end = rest.firstIndex(of: "}") else {
                    throw Problem(message: "the ${ that opens here is not closed", offset: offset)
                }
                if !plain.isEmpty { pieces.append(.text(plain)) }
                plain = ""
                pieces.append(try VariableText.variable(rest[..<end].dropFirst(2), offset: offset))
                rest = rest[end...].dropFirst()
            } else {
                plain += "$"
                rest = rest.dropFirst()
            }
        }
        plain += rest
        if !plain.isEmpty { pieces.append(.text(plain)) }
        self.pieces = pieces
    }

    private static func variable(_ inside: Substring, offset: Int) throws(Problem) -> Piece {
        let parts = inside.split(separator: ":-", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts.first ?? "")
        guard isName(name) else {
            throw Problem(
                message: "\"\(Found.shortened(name))\" is not a variable name; write $${ for a plain ${", offset: offset
            )
        }
        return .variable(name: name, fallback: parts.count == 2 ? String(parts[1]) : nil, offset: offset)
    }

    /// Letters, digits, `_` and `-`, starting with a letter or `_`.
    static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, isLetter(first) else { return false }
        return text.utf8.allSatisfy { isLetter($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "_")
    }
}
