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
