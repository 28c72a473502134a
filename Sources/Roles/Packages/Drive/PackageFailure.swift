import Fleet

/// A stage of a role's change that failed in a guest.
///
/// Its lines may hold secrets until `hiding(_:)` was asked.
struct PackageFailure: Error, Sendable, Equatable {
    /// How much of a line is kept by who reads it; a secret may be cut off there.
    private static let longestLine = 500

    var purpose: String
    /// Negative where it may still be at work.
    var exitCode: Int
    /// What was said last.
    var lines: [String]

    /// Whether what was begun may go on: nothing may go back beside it.
    var isRunning: Bool { exitCode < 0 }

    /// Whether the same may succeed a moment later: such a failure is not remembered.
    var isPassing: Bool { exitCode == Self.passing }

    /// Whether it says something of the change itself: it came to its end, and not beside another attempt.
    var isOfChange: Bool { !isRunning && !isPassing && ![10, 11].contains(exitCode) }

    /// How a script ends whose failure is one of the moment.
    static let passing = 7
    /// How one ends whose package's own script failed, or gave not all outputs, or took too long.
    static let script = 4
    static let noOutput = 12
    static let late = 15

    /// The end of what was said, in one line.
    var words: String { lines.suffix(3).joined(separator: "; ") }

    /// The same without any of the secrets, whole, line by line, or cut off at a line's end.
    ///
    /// A secret of a few letters is in many words: it is hidden wherever it stands.
    func hiding(_ secrets: [String]) -> PackageFailure {
        var failure = self
        failure.lines = Self.hide(secrets, in: lines)
        return failure
    }

    /// The lines without any of the secrets.
    static func hide(_ secrets: [String], in lines: [String]) -> [String] {
        let parts = secrets.flatMap { [$0] + $0.split(whereSeparator: \.isNewline).map(String.init) }
        // As they are in JSON, too, which Ansible writes.
        let quoted = parts.map { $0.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") }
        let hidden = Set(parts + quoted + parts.map { PlainText.line($0) }).filter { !$0.isEmpty }
            .sorted { ($1.utf8.count, $0) < ($0.utf8.count, $1) }
        return lines.map { line in
            let whole = hidden.reduce(line) { $0.replacing($1, with: "•••") }
            return line.utf8.count < longestLine ? whole : hidden.reduce(whole, withoutCut)
        }
    }

    /// The line without the beginning of a secret at its end.
    private static func withoutCut(_ line: String, _ secret: String) -> String {
        for count in stride(from: secret.count - 1, to: 2, by: -1) where line.hasSuffix(secret.prefix(count)) {
            return String(line.dropLast(count)) + "•••"
        }
        return line
    }
}
