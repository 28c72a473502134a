import Blocking
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

    static func read(_ path: String) async -> AnsibleLog { AnsibleLog(await text(path)) }

    /// The end of a file, in whole lines; empty where it cannot be read.
    private static func text(_ path: String) async -> String {
        await SerialThread.run("kvmctl.ansible") {
            guard let handle = FileHandle(forReadingAtPath: path), let size = try? handle.seekToEnd() else { return "" }
            defer { try? handle.close() }
            let isCut = size > longest
            try? handle.seek(toOffset: isCut ? size - longest : 0)
            let text = String(decoding: (try? handle.readToEnd()) ?? Data(), as: UTF8.self)
            guard isCut, let end = text.firstIndex(where: \.isNewline) else { return text }
            // Of the first line nobody knows the beginning, nor whether it is of a secret.
            return String(text[text.index(after: end)...])
        }
    }

    /// The name of the task that is at work; nil where there is none yet.
    static func task(_ path: String) async -> String? {
        let line = PlainText.lines(PlainText.withoutSequences(await text(path))).last { $0.hasPrefix("TASK [") }
        guard let line, let end = line.lastIndex(of: "]") else { return nil }
        return String(line[..<end].dropFirst("TASK [".count))
    }
}
