import Spec

/// What a guest is told on standard input when it is asked for its files.
enum FilesQuestion {
    /// In bytes: what a guest's agent surely takes in one message.
    static let largest = 40 << 10

    /// The line that a role begins with.
    static func line(_ role: Name) -> String { "role \(role)\n" }

    /// The line of a file.
    ///
    /// - Parameter digest: SHA-256 of what it should hold where that is a secret; nil where nobody can read that.
    static func line(_ path: String, _ file: PlacedFile, digest: String?) -> String {
        file.secret == nil ? "plain \(path)\n" : "secret \(path) \(digest ?? "-")\n"
    }

    /// How many bytes the lines of a role have at most.
    static func size(_ role: Name, _ files: [String: PlacedFile]) -> Int {
        let digest = String(repeating: "0", count: 64)
        return files.reduce(line(role).utf8.count) { $0 + line($1.key, $1.value, digest: digest).utf8.count }
    }
}
