import Hashing
import Spec

/// What a guest is told on standard input when it is asked for its packages' roles.
enum PackageQuestion {
    /// In bytes: what a guest's agent surely takes in one message, beside the script that asks.
    static let largest = 24 << 10

    /// The line that a role begins with.
    static func line(_ role: Name) -> String { "role \(role)\n" }

    /// The lines where nothing but that role is asked for: what a guest has of others is no matter then.
    static func alone(_ role: Name) -> String { "only \(role)\n" + line(role) }

    /// The line of a secret input: what is told is a digest of what the package's scripts would get.
    ///
    /// One that nobody can read now has no line, and is not compared.
    static func line(_ input: String, secret: [UInt8]) -> String {
        "secret \(input) \(hexadecimal(HashFunction.sha256.hash(secret)))\n"
    }
}
