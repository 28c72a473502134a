/// A host the way other tools take it, with user and port in the same text.
///
/// The language has keys for those; what people write out of habit is answered with the keys to write instead.
struct HostText {
    var scheme: Substring?
    var user: Substring?
    var host: Substring
    var port: Substring?

    init(_ text: String) {
        var rest = text[...]
        if let end = rest.firstRange(of: "://") {
            scheme = rest[..<end.lowerBound]
            rest = rest[end.upperBound...]
            rest = rest[..<(rest.firstIndex(of: "/") ?? rest.endIndex)]
        }
        if let at = rest.lastIndex(of: "@") {
            user = rest[..<at]
            rest = rest[rest.index(after: at)...]
        }
        if rest.hasPrefix("["), let end = rest.firstIndex(of: "]") {
            let tail = rest[rest.index(after: end)...]
            if tail.hasPrefix(":") { port = tail.dropFirst() }
            rest = rest[..<end].dropFirst()
        } else if rest.count(where: { $0 == ":" }) == 1, let colon = rest.firstIndex(of: ":") {
            port = rest[rest.index(after: colon)...]
            rest = rest[..<colon]
        }
        host = rest
    }

    /// What to write for a node's address instead of this text; nil where it is an address alone, or nothing known.
    static func keysOfNode(_ text: String) -> String? {
        let parts = HostText(text)
        let isThisMachine = parts.scheme != nil && parts.host.isEmpty
        guard !isThisMachine else { return "write local for this machine" }
        if text.contains("."), text.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }), IPv4Address(text) == nil {
            return "an IPv4 address has four numbers from 0 to 255, such as 192.0.2.11"
        }
        guard parts.host != text, parts.isPlain else { return nil }
        var keys = ["address: \(parts.quotedHost)"]
        if let port = parts.port { keys.append("port: \(port)") }
        if let user = parts.user { keys.append("user: \(user)") }
        return "write {\(keys.joined(separator: ", "))}"
    }

    /// What to write for a jump host instead of an address with a scheme; nil where nothing is known.
    static func jump(_ text: String) -> String? {
        let parts = HostText(text)
        guard parts.scheme != nil, parts.isPlain else { return nil }
        let host = parts.host.contains(":") ? "[\(parts.host)]" : String(parts.host)
        return "write \"\(parts.user.map { "\($0)@" } ?? "")\(host)\(parts.port.map { ":\($0)" } ?? "")\""
    }

    /// Whether the parts can be what they look like.
    private var isPlain: Bool {
        guard HostText.holds(host, also: "._:%-"), user.map({ HostText.holds($0, also: "_.-") }) ?? true else {
            return false
        }
        guard let port else { return true }
        return Int(port).map { (1...65535).contains($0) } ?? false
    }

    /// Whether a text is not empty and has only letters, digits and these.
    private static func holds(_ text: Substring, also marks: String) -> Bool {
        !text.isEmpty && text.unicodeScalars.allSatisfy { $0.isAlphanumeric || marks.unicodeScalars.contains($0) }
    }

    /// An IPv6 address would be read as a map inside `{ }`.
    private var quotedHost: String { host.contains(":") ? "\"\(host)\"" : String(host) }
}
