/// What a host calls itself: one label, or a fully qualified domain name (RFC 1123, section 2.1).
///
/// Labels of 1 to 63 lower-case letters, digits and hyphens, with a letter or digit at either end; at most 253 characters.
package struct HostName: Sendable, Hashable, CustomStringConvertible {
    package let text: String

    /// Returns nil where the text is no host name in lower case, or could be taken for an address.
    package init?(_ text: String) {
        let labels = text.split(separator: ".", omittingEmptySubsequences: false).map { Name(String($0)) }
        guard text.utf8.count <= 253, !labels.contains(nil) else { return nil }
        let isNumber = labels.last??.text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard labels.count == 1 || isNumber == false else { return nil }
        self.text = text
    }

    /// A thing's name is a label already.
    package init(_ name: Name) { text = name.text }

    /// The first label, by which the host is known within its domain.
    package var label: String { String(text.prefix { $0 != "." }) }

    /// The whole name where it says a domain; nil for one label.
    package var qualified: String? { text.contains(".") ? text : nil }

    package var description: String { text }
}
