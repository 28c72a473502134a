import Hashing

/// A UUID as libvirt prints it: lower-case hexadecimal with hyphens.
package struct UniqueID: Sendable, Hashable {
    package let text: String

    /// Returns nil where the text is no UUID.
    package init?(_ text: String) {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        guard groups.map(\.utf8.count) == [8, 4, 4, 4, 12] else { return nil }
        guard groups.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isHexDigit } }) else { return nil }
        self.text = text.lowercased()
    }

    /// The version 5 UUID (RFC 9562, section 5.5) of a name in kvmctl's own namespace: the same name, the same UUID.
    package init(derivedFrom name: String) {
        var bytes = Array(HashFunction.sha1.hash(UniqueID.namespace + Array(name.utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x50
        bytes[8] = bytes[8] & 0x3F | 0x80
        var text = hexadecimal(bytes)
        for offset in [20, 16, 12, 8] { text.insert("-", at: text.utf8.index(text.startIndex, offsetBy: offset)) }
        self.text = text
    }

    /// A random UUID drawn once for kvmctl; changing it would change every derived identity.
    private static let namespace: [UInt8] = [
        0x6d, 0x1f, 0x0c, 0x5e, 0x8a, 0x43, 0x4b, 0x0e, 0x9d, 0x27, 0x35, 0xc1, 0xf2, 0x60, 0xb4, 0x7a,
    ]
}

extension UniqueID: CustomStringConvertible {
    package var description: String { text }
}

extension UniqueID: Comparable {
    package static func < (left: UniqueID, right: UniqueID) -> Bool { left.text < right.text }
}
