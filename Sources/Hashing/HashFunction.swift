internal import CCrypto

/// A hash function that kvmctl names things by or verifies them with.
package enum HashFunction: Sendable, Hashable {
    /// For version 5 UUIDs (RFC 9562) only; it protects against nobody.
    case sha1
    case sha256
    case sha512

    /// The hash of some bytes: 20, 32 or 64 of them.
    package func hash(_ bytes: [UInt8]) -> [UInt8] {
        var hasher = IncrementalHash(self)
        bytes.withUnsafeBytes { hasher.update($0) }
        return hasher.finalize()
    }

    /// libcrypto's constant table of the function; never freed.
    var algorithm: OpaquePointer? {
        switch self {
        case .sha1: EVP_sha1()
        case .sha256: EVP_sha256()
        case .sha512: EVP_sha512()
        }
    }
}
