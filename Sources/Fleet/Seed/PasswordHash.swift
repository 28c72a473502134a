import Hashing

/// The hash of a password as guests keep it (`$6$…`, SHA-512 with a random salt).
package enum PasswordHash {
    /// Hashes a password; two calls give different hashes of the same one.
    package static func make(of password: String) throws(SeedError) -> String {
        guard !password.isEmpty else { throw SeedError("hashing a password", cause: "it is empty") }
        guard password.utf8.count <= PasswordHashing.lengthLimit else {
            throw SeedError(
                "hashing a password",
                cause: "it is longer than the \(PasswordHashing.lengthLimit) bytes that guests accept")
        }
        guard !password.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw SeedError(
                "hashing a password", cause: "it contains a line break or another control character",
                remedy: "Check the secret's source; one line break at its end is ignored.")
        }
        guard let hash = PasswordHashing.sha512(password) else {
            throw SeedError("hashing a password", cause: "libcrypt on this machine cannot create a SHA-512 hash of it")
        }
        return hash
    }
}
