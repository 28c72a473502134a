import Foundation
import SSH
import Testing

@testable import Fleet

/// The script that has a guest's kernel use memory, run against a folder like the kernel's.
@Suite("Plugged-in memory") struct OnlineMemoryTests {
    private func run(
        _ test: TestNode, blocks: [String], automatic: String = "offline", wanted: Int
    ) async throws -> (status: Int, states: [String], complaint: String) {
        let files = FileManager.default
        func write(_ text: String, _ name: String) throws {
            try Data(text.utf8).write(to: URL(filePath: "\(test.folder)/\(name)"))
        }
        try write(automatic + "\n", "auto_online_blocks")
        try write("8000000\n", "block_size_bytes")
        for (number, state) in blocks.enumerated() {
            try files.createDirectory(atPath: "\(test.folder)/memory\(number)", withIntermediateDirectories: true)
            try write(state + "\n", "memory\(number)/state")
        }
        var script = GuestScripts.onlineMemory(folder: test.folder, tries: "0", wanted: "\(wanted << 20)")
        script.text = "(\(script.text)) 2>&1; echo \"status $?\""
        let answer = try await test.commands.run("onlining", script)
        let lines = answer.output.split(separator: "\n").map { String($0) }
        let states = try blocks.indices.map { number in
            try String(contentsOfFile: "\(test.folder)/memory\(number)/state", encoding: .utf8)
                .trimmingCharacters(in: .whitespacesAndNewlines)
        }
        return (
            lines.last.flatMap { Int($0.dropFirst("status ".count)) } ?? -1, states,
            lines.dropLast().joined(separator: " ")
        )
    }

    @Test("is taken in, in a way that lets it go again")
    func taken() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let result = try await run(test, blocks: ["online", "offline"], wanted: 256)
            #expect(result.status == 0)
            #expect(result.states == ["online", "online_movable"])
        }
    }

    @Test("that the kernel does not see is no success")
    func missing() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let result = try await run(test, blocks: ["online"], wanted: 256)
            #expect(result.status == 1)
            #expect(result.complaint.contains("it uses 128 MiB of 256"))
        }
    }

    @Test("is left to a kernel that takes it by itself")
    func automatic() async throws {
        try await TestNode.with { (test: TestNode) async throws in
            let result = try await run(test, blocks: ["online", "offline"], automatic: "online", wanted: 256)
            #expect(result.status == 0)
            #expect(result.states == ["online", "offline"])
        }
    }
}
