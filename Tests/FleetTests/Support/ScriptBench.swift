import Foundation
import SSH
import TestTools
import Testing

@testable import Fleet

/// A folder in which a script is run by a shell, with programs played by functions: shells prefer those to what they bring along.
struct ScriptBench: Sendable {
    let folder: String
    let shell: String

    /// Programs of GNU and util-linux, which nodes have whatever their shell is.
    private static let tools = [
        "chmod", "chown", "cp", "cut", "find", "flock", "head", "ln", "ls", "mkdir", "mktemp", "mv", "od", "rm", "sed",
        "sha256sum", "stat", "sync", "tail", "tee", "timeout", "tr", "xargs",
    ]

    /// Has a folder for the time of a call.
    static func with(_ shell: String, _ body: (ScriptBench) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "bench-\(UUID())").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(ScriptBench(folder: folder, shell: shell))
    }

    /// Runs a script.
    ///
    /// - Parameters:
    ///   - fakes: shell text that defines functions; `log` in it writes down its arguments.
    ///   - places: folders of the system that the script is to find in this one instead.
    func run(
        _ script: Script, fakes: String = "", places: [String] = [], input: String = ""
    ) async throws -> (status: Int, output: String, complaint: String) {
        var text = script.text
        for place in places { text.replace(place, with: folder + place) }
        let real = Self.tools.map { "\($0)() { /usr/bin/env \($0) \"$@\"; }" }.joined(separator: "\n")
        let prelude = "log() { printf '%s\\n' \"$*\" >>'\(folder)/log'; }\n\(real)\n\(fakes)\n"
        let result = try await LocalShell().run(
            Script(prelude + text, script.arguments).words(in: shell), input: Array(input.utf8), timeout: .seconds(60))
        return (result.status ?? -1, result.output, result.errorOutput)
    }

    /// What the played programs were called with.
    var log: [String] {
        let text = (try? String(contentsOfFile: "\(folder)/log", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map { String($0).replacing(folder, with: "") }
    }

    func write(_ path: String, _ text: String) throws {
        let file = URL(filePath: "\(folder)\(path)")
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    func text(_ path: String) throws -> String { try String(contentsOfFile: folder + path, encoding: .utf8) }

    func has(_ path: String) -> Bool { FileManager.default.fileExists(atPath: folder + path) }
}
