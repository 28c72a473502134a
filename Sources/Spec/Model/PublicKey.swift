/// A public key of ssh in one line of `authorized_keys`: perhaps options, then type, base64 and perhaps a comment.
package struct PublicKey: Sendable, Hashable {
    package let line: String

    /// Reads a line without blanks at its ends; nil where it is no key that sshd would take.
    ///
    /// The base64 must decode to exactly the fields of a key of this type, so that a key that was cut short is seen.
    package init?(_ line: String) {
        let isLine = !line.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\t" }
        var words = PublicKey.words(line)
        if let first = words.first, !PublicKey.isType(first) {
            guard PublicKey.areOptions(first) else { return nil }
            words.removeFirst()
        }
        guard isLine, words.count >= 2, let count = PublicKey.fieldCounts[String(words[0])],
            let bytes = PublicKey.decoded(base64: words[1]), let fields = PublicKey.fields(of: bytes)
        else { return nil }
        guard fields.count == count, Array(fields[0]) == Array(words[0].utf8) else { return nil }
        self.line = line
    }

    /// Whether a text is meant as a key and not as the name of a file that has one.
    static func isMeant(by text: String) -> Bool {
        let words = words(text)
        guard words.count > 1 else { return false }
        return isType(words[0]) || words.count > 2 && isType(words[1]) && words[2].hasPrefix("AAAA")
    }

    /// The types that sshd knows, with how many fields a key of each has (RFC 4253, RFC 5656, RFC 8709, PROTOCOL.u2f).
    private static let fieldCounts = [
        "ssh-ed25519": 2, "ssh-rsa": 3, "ssh-dss": 5, "ecdsa-sha2-nistp256": 3, "ecdsa-sha2-nistp384": 3,
        "ecdsa-sha2-nistp521": 3, "sk-ssh-ed25519@openssh.com": 3, "sk-ecdsa-sha2-nistp256@openssh.com": 4,
    ]

    /// What may stand before the type (sshd(8), AUTHORIZED_KEYS FILE FORMAT), in lower case as sshd compares it.
    private static let options: Set<String> = [
        "agent-forwarding", "cert-authority", "command", "environment", "expiry-time", "from", "no-agent-forwarding",
        "no-port-forwarding", "no-pty", "no-touch-required", "no-user-rc", "no-x11-forwarding", "permitlisten",
        "permitopen", "port-forwarding", "principals", "pty", "restrict", "tunnel", "user-rc", "verify-required",
        "x11-forwarding",
    ]

    private static func isType(_ word: Substring) -> Bool {
        ["ssh-", "ecdsa-", "sk-"].contains(where: word.hasPrefix)
    }

    /// Whether a word is a list of options, such as `from="10.0.0.0/8",no-pty`.
    private static func areOptions(_ word: Substring) -> Bool {
        split(word, at: [","]).allSatisfy { options.contains($0.prefix { $0 != "=" }.lowercased()) }
    }

    /// The words of a line; a blank in double quotes ends none.
    private static func words(_ line: String) -> [Substring] {
        split(line[...], at: [" ", "\t"]).filter { !$0.isEmpty }
    }

    private static func split(_ text: Substring, at separators: Set<Character>) -> [Substring] {
        var isQuoted = false
        var isEscaped = false
        return text.split(omittingEmptySubsequences: false) { character in
            defer { isEscaped = character == "\\" && !isEscaped }
            if character == "\"", !isEscaped { isQuoted.toggle() }
            return !isQuoted && separators.contains(character)
        }
    }

    /// The length-prefixed fields of a key; nil where they do not fill it exactly.
    private static func fields(of bytes: [UInt8]) -> [ArraySlice<UInt8>]? {
        var fields: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            guard rest.count >= 4 else { return nil }
            let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(4)
            guard length > 0, length <= rest.count else { return nil }
            fields.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return fields
    }

    private static func decoded(base64 text: Substring) -> [UInt8]? {
        let digits = text.utf8.prefix { $0 != UInt8(ascii: "=") }
        guard text.utf8.count % 4 == 0, text.utf8.count - digits.count <= 2,
            text.utf8.dropFirst(digits.count).allSatisfy({ $0 == UInt8(ascii: "=") })
        else { return nil }
        var bytes: [UInt8] = []
        var pending: UInt32 = 0
        var bits = 0
        for digit in digits {
            guard let value = value(of: digit) else { return nil }
            pending = pending << 6 | value
            bits += 6
            guard bits >= 8 else { continue }
            bits -= 8
            bytes.append(UInt8(truncatingIfNeeded: pending >> UInt32(bits)))
            pending &= (1 << UInt32(bits)) - 1
        }
        return bytes
    }

    private static func value(of digit: UInt8) -> UInt32? {
        switch digit {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(digit - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(digit - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(digit - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
