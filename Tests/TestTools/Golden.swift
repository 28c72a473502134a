import Foundation
package import Testing

/// Compares text with a file in `Golden/` of the caller's target; with `RECORD_GOLDEN=1` it writes the file and fails, so that
/// somebody looks.
///
/// - Parameter caller: a file of the test target.
package func expectGolden(
    _ text: String, _ file: String, caller: String = #filePath, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    var folder = URL(filePath: caller).deletingLastPathComponent()
    while folder.deletingLastPathComponent().lastPathComponent != "Tests" { folder.deleteLastPathComponent() }
    let url = folder.appending(path: "Golden").appending(path: file)
    if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
        try Data(text.utf8).write(to: url)
        Issue.record("recorded \(file); look at it and run again without RECORD_GOLDEN", sourceLocation: sourceLocation)
        return
    }
    let expected = try String(contentsOf: url, encoding: .utf8)
    #expect(text == expected, "differs from Golden/\(file)", sourceLocation: sourceLocation)
}
