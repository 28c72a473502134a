import Subprocess

/// The hash of a password as guests keep it (`$6$…`, SHA-512 with a random salt).
package enum PasswordHash {
    /// Hashes a password with `openssl`, which reads it from its standard input: arguments are there for all to see.
    ///
    /// Two calls give different hashes of the same password.
    package static func make(of password: String) async throws(SeedError) -> String {
        guard !password.isEmpty else { throw SeedError("hashing a password", cause: "it is empty") }
        guard password.utf8.count <= 256 else {
            throw SeedError("hashing a password", cause: "it is longer than the 256 bytes that openssl takes")
        }
        guard !password.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw SeedError(
                "hashing a password", cause: "it holds a line break or another control character",
                remedy: "Check what the secret's source gives; one line break at its end is ignored.")
        }
        let output = try await Tool.run(
            "openssl", ["passwd", "-6", "-stdin"], input: password + "\n", doing: "hashing a password",
            package: "openssl")
        let hash = String(decoding: output.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        guard hash.hasPrefix("$6$") else { throw SeedError("hashing a password", cause: "openssl gave no hash") }
        return hash
    }
}
