import Hashing

/// A hash that is the same on every machine and in every run, unlike Swift's own.
package enum StableHash {
    /// The first eight bytes of the SHA-256 of the parts, each ended by a NUL so that `a`, `bc` and `ab`, `c` differ.
    package static func number(_ parts: String...) -> UInt64 {
        var bytes: [UInt8] = []
        for part in parts {
            bytes += Array(part.utf8)
            bytes.append(0)
        }
        return HashFunction.sha256.hash(bytes).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// The SHA-256 of a text as 64 hexadecimal digits.
    package static func digest(_ text: String) -> String {
        hexadecimal(HashFunction.sha256.hash(Array(text.utf8)))
    }
}
