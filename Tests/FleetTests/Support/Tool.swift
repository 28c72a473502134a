import Foundation
import Subprocess
import Testing

/// Runs a tool that must be installed, and records what it said where it fails.
func expectAccepted(by tool: String, _ arguments: [String], sourceLocation: SourceLocation = #_sourceLocation)
    async throws
{
    let result = try await run(
        .name(tool), arguments: Arguments(arguments), output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    #expect(
        result.terminationStatus.isSuccess,
        "\(tool) refused it:\n\(result.standardOutput)\n\(result.standardError)",
        sourceLocation: sourceLocation)
}

/// Writes text into a file of its own for the time of a call.
func withFile(_ text: String, _ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "fleet-tests-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "file")
    try Data(text.utf8).write(to: file)
    try await body(file.path)
}
