import Foundation
import Testing

/// Compares a text with its golden file; with RECORD_GOLDEN=1 it writes the file instead, and fails so that nobody
/// mistakes a recording for a passed test.
func expectGolden(_ text: String, _ file: String, source: SourceLocation = #_sourceLocation) throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Golden/\(file)")
    if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
        try Data(text.utf8).write(to: path)
        Issue.record("recorded \(file); review it and run again", sourceLocation: source)
        return
    }
    let golden = try String(contentsOf: path, encoding: .utf8)
    #expect(text == golden, "differs from Golden/\(file)", sourceLocation: source)
}
