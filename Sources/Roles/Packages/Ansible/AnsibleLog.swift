import Fleet
import Foundation

/// What a run of Ansible wrote.
struct AnsibleLog: Sendable {
    /// In bytes: how much of its end is looked at.
    private static let longest: UInt64 = 64 << 10
    private static let longestLine = 500

    /// The end of what it said, without what went well and without the summary.
    let lines: [String]

    init(_ text: String) {
        var lines = PlainText.lines(PlainText.withoutSequences(text))
        if let recap = lines.lastIndex(where: { $0.hasPrefix("PLAY RECAP") }) { lines.removeSubrange(recap...) }
        let passed = ["ok: ", "changed: ", "skipping: ", "included: ", "PLAY [", "...ignoring", "[WARNING]: "]
        self.lines = lines.filter { line in !passed.contains { line.hasPrefix($0) } }.suffix(20).map {
            String($0.prefix(Self.longestLine))
        }
    }

    static func read(_ path: String) -> AnsibleLog { AnsibleLog(text(path)) }

    /// The end of a file; empty where it cannot be read.
    static func text(_ path: String) -> String {
        guard let handle = FileHandle(forReadingAtPath: path), let size = try? handle.seekToEnd() else { return "" }
        defer { try? handle.close() }
        try? handle.seek(toOffset: size > longest ? size - longest : 0)
        return String(decoding: (try? handle.readToEnd()) ?? Data(), as: UTF8.self)
    }

    /// The name of the task that is at work; nil where there is none yet.
    static func task(_ path: String) -> String? {
        let line = PlainText.lines(PlainText.withoutSequences(text(path))).last { $0.hasPrefix("TASK [") }
        guard let line, let end = line.lastIndex(of: "]") else { return nil }
        return String(line[..<end].dropFirst("TASK [".count).prefix(100))
    }
}
