internal import CCrypt
internal import Glibc

/// Hashes of passwords as the system keeps them, by libcrypt.
package enum PasswordHashing {
    /// How many bytes of a password libcrypt takes (`CRYPT_MAX_PASSPHRASE_SIZE`, with the zero at its end).
    package static let lengthLimit = Int(CRYPT_MAX_PASSPHRASE_SIZE) - 1

    /// The SHA-512 hash of a password with a salt of its own (`$6$…`): two calls give different hashes of the same one.
    ///
    /// Takes some milliseconds of processor time. What libcrypt worked with is wiped. Nil where libcrypt takes no such
    /// password or offers no SHA-512. The password must hold no NUL.
    package static func sha512(_ password: String) -> String? {
        // Without bytes of ours, libcrypt takes the system's random ones.
        guard let salt = crypt_gensalt_ra("$6$", 0, nil, 0) else { return nil }
        defer { free(salt) }
        var memory: UnsafeMutableRawPointer?
        var size: CInt = 0
        defer {
            if let memory { explicit_bzero(memory, Int(size)) }
            free(memory)
        }
        guard let hash = crypt_ra(password, salt, &memory, &size) else { return nil }
        let text = String(cString: hash)
        return text.hasPrefix("$6$") ? text : nil
    }
}
