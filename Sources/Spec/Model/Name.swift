/// The name of a thing in the spec: a valid host name label, so it can be part of a file, domain and bridge name.
///
/// 1 to 63 lower-case letters, digits and hyphens, starting and ending with a letter or digit. There is no dot,
/// because the dot joins cluster and name on the nodes (`demo.web-1`).
package struct Name: Sendable, Hashable {
    package let text: String

    /// Returns nil where the text is no valid name.
    package init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, bytes.count <= 63 else { return nil }
        guard Name.isAlphanumeric(first), Name.isAlphanumeric(last) else { return nil }
        guard bytes.allSatisfy({ Name.isAlphanumeric($0) || $0 == UInt8(ascii: "-") }) else { return nil }
        self.text = text
    }

    /// The name of one member of a group: `web` and 2 make `web-2`.
    ///
    /// Returns nil where the joined name would be longer than a host name may be.
    package init?(member: Int, of group: Name) {
        self.init("\(group.text)-\(member)")
    }

    /// The pool that every cluster has.
    package static let local = Name(known: "local")

    /// The part of files that name none.
    package static let main = Name(known: "main")

    /// Stands for the image of an instance that was there before kvmctl and has none.
    package static let adopted = Name(known: "adopted")

    /// What a reference calls the instance that it stands in.
    package static let itself = Name(known: "self")
    /// The role that `provision:` is, and its package.
    package static let provision = Name(known: "provision")

    /// Stands where a name could not be read; never leaves a load that succeeded.
    static let unreadable = Name(known: "unreadable")

    /// For text that is known to be valid.
    private init(known text: String) {
        self.text = text
    }

    /// Why a text is no name, in words that tell how to change it.
    static func problem(with text: String) -> String {
        let bytes = Array(text.utf8)
        if bytes.isEmpty { return "it is empty" }
        if bytes.count > 63 { return "it has \(bytes.count) characters, at most 63 fit in a host name" }
        if text.contains("/") { return "a name is not a path; use a-z, 0-9 and -" }
        if text.contains(".") { return "a name has no dot; use a-z, 0-9 and -" }
        if text != text.lowercased() { return "write it in lower case" }
        if text.hasPrefix("-") || text.hasSuffix("-") { return "it starts or ends with a hyphen" }
        return "use only a-z, 0-9 and -"
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

extension Name: CustomStringConvertible {
    package var description: String { text }
}

extension Name: Comparable {
    package static func < (left: Name, right: Name) -> Bool { left.text < right.text }
}
