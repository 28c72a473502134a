internal import CCrypto

/// A hash of bytes that arrive in pieces, by libcrypto, which libssh brings along.
///
/// `@unchecked Sendable`: it alone refers to a C object, which is freed with it, so that another thread may go on with it.
package struct IncrementalHash: ~Copyable, @unchecked Sendable {
    private let context: OpaquePointer

    /// Ends the process where there is no memory or libcrypto has no such function, as nothing can be verified then.
    package init(_ function: HashFunction) {
        // A sum that was not made must not pass for one that fits.
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, function.algorithm, nil) == 1
        else { fatalError("libcrypto does not offer \(function)") }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Adds bytes.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        let done = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
        precondition(done == 1, "libcrypto failed to hash \(bytes.count) bytes")
    }

    /// The hash of all bytes added.
    package consuming func finalize() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        let done = EVP_DigestFinal_ex(context, &digest, &count)
        precondition(done == 1, "libcrypto failed to end a hash")
        return Array(digest.prefix(Int(count)))
    }
}
