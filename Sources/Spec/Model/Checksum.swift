/// What an image's bytes must hash to.
package struct Checksum: Sendable, Hashable {
    /// The hash functions that every node's coreutils have.
    package enum Algorithm: String, Sendable, Hashable, CaseIterable {
        case sha256, sha512

        /// The digest's length in hexadecimal digits.
        package var digits: Int { self == .sha256 ? 64 : 128 }
    }

    package let algorithm: Algorithm
    /// Lower-case hexadecimal digits.
    package let digest: String

    /// Returns nil where the digest has the wrong length or is not hexadecimal.
    package init?(algorithm: Algorithm, digest: String) {
        guard digest.utf8.count == algorithm.digits, digest.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
            return nil
        }
        self.algorithm = algorithm
        self.digest = digest.lowercased()
    }
}

extension Checksum: CustomStringConvertible {
    package var description: String { "\(algorithm.rawValue):\(digest)" }
}
