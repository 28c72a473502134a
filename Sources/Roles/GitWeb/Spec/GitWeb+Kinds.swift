import Spec

extension Kind where Value == String {
    /// The address of a git repository; nothing that git or a shell would take for more than that.
    static var repository: Kind {
        let expected = "an address such as https://example.org/site.git, ssh://… , git://… or user@host:path"
        return .parsed(expected, pattern: "^((https|ssh|git)://|[A-Za-z0-9._-]+@)[A-Za-z0-9._~:/@+%\\[\\]-]+$") {
            text throws(Complaint) in
            guard text.utf8.count <= 1_000 else { throw Complaint() }
            try text.mayHold { $0.isAlphanumeric || "._~:/@+%-[]".unicodeScalars.contains($0) }
            guard let mark = text.firstRange(of: "://") else {
                // The short form of ssh; a second colon would name one of git's helpers, which run programs.
                let parts = text.split(separator: "@", omittingEmptySubsequences: false)
                guard parts.count == 2, isHost(parts[0]), let (host, path) = split(parts[1]), isHostOrIPv6(host),
                    let path, !path.isEmpty, !path.contains(where: { ":[]".contains($0) })
                else { throw Complaint() }
                return text
            }
            let scheme = String(text[..<mark.lowerBound])
            guard ["https", "ssh", "git"].contains(scheme) else {
                throw Complaint(
                    remedy: "git's other transports, which run programs or are not encrypted, are not supported")
            }
            let rest = text[mark.upperBound...]
            let authority = rest.prefix { $0 != "/" }
            let host = authority.split(separator: "@", omittingEmptySubsequences: false)
            guard rest.contains("/"), host.count <= 2, let last = host.last, let (name, port) = split(last),
                isHostOrIPv6(name), port?.contains(where: { ":[]".contains($0) }) != true,
                !rest.dropFirst(authority.count).contains(where: { "[]".contains($0) })
            else { throw Complaint() }
            if host.count == 2, host[0].contains(":") || scheme == "https" {
                throw Complaint(
                    message: "a password must not be in the spec", remedy: "set login: {password: {env: NAME}}")
            }
            guard host.count == 1 || isHost(host[0]) else { throw Complaint() }
            return text
        }
    }

    /// A host and what follows the colon behind it; the host may be an IPv6 address in brackets.
    private static func split(_ text: Substring) -> (host: Substring, rest: Substring?)? {
        var end = text.firstIndex(of: ":") ?? text.endIndex
        if text.hasPrefix("[") {
            guard let bracket = text.firstIndex(of: "]") else { return nil }
            end = text.index(after: bracket)
        }
        guard end < text.endIndex else { return (text, nil) }
        return text[end] == ":" ? (text[..<end], text[text.index(after: end)...]) : nil
    }

    private static func isHostOrIPv6(_ text: Substring) -> Bool {
        guard text.hasPrefix("["), text.hasSuffix("]") else { return isHost(text) }
        let inner = text.dropFirst().dropLast()
        return inner.count(where: { $0 == ":" }) >= 2 && inner.allSatisfy { $0.isHexDigit || ":.".contains($0) }
    }

    /// Whether a text is a host or user and no option of the programs that it is handed to.
    private static func isHost(_ text: Substring) -> Bool {
        guard let first = text.unicodeScalars.first, first.isAlphanumeric else { return false }
        return text.unicodeScalars.allSatisfy { $0.isAlphanumeric || "._-".unicodeScalars.contains($0) }
    }

    /// The name of somebody who logs in to a server, in one line.
    static var loginName: Kind {
        .parsed("a user's name", pattern: "^[A-Za-z0-9._@+%~-]+$") { text throws(Complaint) in
            guard !text.isEmpty, text.utf8.count <= 200 else { throw Complaint() }
            try text.mayHold { $0.isAlphanumeric || "._@+%~-".unicodeScalars.contains($0) }
            return text
        }
    }

    /// The name of a branch or tag, or a commit.
    static var gitRef: Kind {
        .parsed("a branch, tag or commit", isAnyText: true) { text throws(Complaint) in
            guard let first = text.unicodeScalars.first, text.utf8.count <= 200 else { throw Complaint() }
            guard text != "HEAD" else {
                throw Complaint(remedy: "use the name of the branch, since HEAD can change in the repository")
            }
            for space in ["refs/heads/", "refs/tags/"] where text.hasPrefix(space) {
                throw Complaint(remedy: "write it without \(space)")
            }
            guard !text.hasPrefix("refs/") else {
                throw Complaint(remedy: "use a branch, tag or commit")
            }
            guard first.isWordly else {
                throw Complaint(remedy: "it may not begin with \(Found.quoted(String(first)))")
            }
            try text.mayHold { $0.isWordly || "._/+-#@".unicodeScalars.contains($0) }
            for part in ["..", "//", "/."] where text.contains(part) {
                throw Complaint(remedy: "it may not hold \(Found.quoted(part))")
            }
            for end in ["/", ".", ".lock"] where text.hasSuffix(end) {
                throw Complaint(remedy: "it may not end with \(Found.quoted(end))")
            }
            return text
        }
    }

    /// A path inside something, never out of it; nothing that a web server's configuration gives a meaning.
    static var innerPath: Kind {
        .parsed("a path inside the repository") { text throws(Complaint) in
            guard !text.split(separator: "/").contains(".."), !text.isEmpty, text.utf8.count <= 500 else {
                throw Complaint()
            }
            for start in ["/", "-"] where text.hasPrefix(start) {
                throw Complaint(remedy: "it may not begin with \(Found.quoted(start))")
            }
            try text.mayHold { $0.isWordly || "._/+@#=~,- ".unicodeScalars.contains($0) }
            return text
        }
    }

    /// The path of an address.
    static var urlPath: Kind {
        .parsed("a path such as /health", pattern: "^/[A-Za-z0-9._~/?&=%+-]*$") { text throws(Complaint) in
            guard text.hasPrefix("/"), text.utf8.count <= 500 else { throw Complaint() }
            try text.mayHold { $0.isAlphanumeric || "._~/?&=%+-".unicodeScalars.contains($0) }
            return text
        }
    }
}
