import Foundation
import SSH
import Testing

@testable import Fleet

@Suite("Small files on a node")
struct FileScriptTests {
    private static func mode(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test("a file is written once, for root alone, and never again")
    func writeOnce() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let path = "\(test.folder)/a seed's.iso"
            func write(_ text: String) async throws -> String {
                try await test.commands.run(
                    "x", FileScripts.writeOnce(path: path, size: "\(text.utf8.count)"), input: Array(text.utf8)
                ).output
            }
            // What a node that lost power left of an earlier try.
            let left = Data("half of an older seed".utf8)
            #expect(
                FileManager.default.createFile(
                    atPath: path + ".part", contents: left, attributes: [.posixPermissions: 0o600]))
            #expect(try await write("first") == "")
            #expect(try await write("second") == "present\n")
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "first")
            #expect(try Self.mode(path) == 0o600)
            #expect(try test.files == ["a seed's.iso"])
        }
    }

    @Test("a file goes with what a write that was cut short left of it, and one that is absent is told")
    func remove() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let path = "\(test.folder)/a seed's.iso"
            for name in [path, path + ".part"] { try Data("x".utf8).write(to: URL(filePath: name)) }
            #expect(try await test.commands.run("x", FileScripts.remove(path: path)).output == "")
            #expect(try test.files == [])
            #expect(try await test.commands.run("x", FileScripts.remove(path: path)).output == "absent\n")
        }
    }

    @Test("a file is replaced whole, and what did not arrive whole replaces nothing")
    func replace() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let path = "\(test.folder)/sub/roster.json"
            func write(_ text: String, count: Int) async throws -> Bool {
                try await test.commands.attempt(
                    "x", FileScripts.replace(path: path, size: "\(count)"), input: Array(text.utf8)
                ).succeeded
            }
            #expect(try await write("first", count: 5))
            #expect(try await write("second", count: 6))
            #expect(try await !write("cut", count: 60))
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "second")
            #expect(try Self.mode(path) == 0o600)
            #expect(try Self.mode("\(test.folder)/sub") == 0o700)
            #expect(try FileManager.default.contentsOfDirectory(atPath: "\(test.folder)/sub") == ["roster.json"])
        }
    }
}
