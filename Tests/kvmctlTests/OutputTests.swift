import Blocking
import Engine
import Foundation
import Glibc
import Spec
import TestFleet
import Testing

@testable import kvmctl

/// What becomes of output that cannot be written, or that nobody reads.
struct OutputTests {
    @Test(
        "output that cannot be written is a failure, and the reason is said",
        arguments: [
            ["version"], ["--version"], ["--help"], ["schema"], ["schema", "--format", "markdown"],
            ["render", "-f", "-"],
            ["render", "-f", "-", "-o", "json"], ["validate", "-f", "-"], ["validate", "-f", "-", "-o", "json"],
            ["plan", "-f", "-"], ["plan", "-f", "-", "-o", "json"], ["get", "nodes", "-f", "-"],
            ["get", "instances", "-f", "-", "-o", "yaml"], ["describe", "node/kvm1", "-f", "-"],
        ])
    func fullDisk(arguments: [String]) throws {
        for (redirection, reason) in [(">/dev/full", "no space left on device"), (">&-", "bad file descriptor")] {
            let ending = try ProgramTests.run(arguments, input: Self.spec, redirection: redirection)
            #expect(ending.code == 1, "\(arguments) \(redirection): \(ending.errors)")
            #expect(
                ending.errors.hasSuffix("error: standard output cannot be written: \(reason)\n"), "\(ending.errors)")
        }
    }

    /// A spec whose node nobody listens at.
    static let spec = ApplyFlowTests.spec.replacing("{address: 10.0.0.1}", with: "{address: 127.0.0.1, port: 1}")

    @Test("complaints that cannot be written are a failure, and those that are closed off on purpose are not")
    func standardError() throws {
        let warned = ApplyFlowTests.spec.replacing(", checksum: \"sha256:\(ListingTests.digest)\"", with: "")
        let arguments = ["validate", "-f", "-"]
        #expect(try ProgramTests.run(arguments, input: warned, redirection: "2>/dev/full").code == 1)
        #expect(try ProgramTests.run(arguments, input: warned, redirection: "2>&-").code == 0)
        #expect(try ProgramTests.run(arguments, input: "a: 1", redirection: "2>/dev/full").code == 3)
        #expect(try ProgramTests.run(["nonsense"], redirection: "2>/dev/full").code == 64)
    }

    @Test("a reader that has seen enough is no failure")
    func closedPipe() throws {
        let shell = try ProgramTests.run(["schema"], redirection: "| head -n 1; echo ended")
        #expect(shell.code == 0)
        #expect(shell.output.hasSuffix("ended\n"))
        #expect(shell.errors.isEmpty)
    }

    @Test("standard input that is closed is said so")
    func closedInput() throws {
        let ending = try ProgramTests.run(["validate", "-f", "-"], redirection: "<&-")
        #expect(ending.code == 3)
        #expect(ending.errors.hasPrefix("-: error: cannot be read: standard input is closed\n"), "\(ending.errors)")
    }

    @Test("a log that cannot be written is said once, and the run is no success; a device keeps its permissions")
    func fullLog() throws {
        let before = try FileManager.default.attributesOfItem(atPath: "/dev/full")[.posixPermissions] as? Int
        let ending = try ProgramTests.run(
            ["plan", "-f", "-", "--log", "/dev/full"], input: Self.spec)
        #expect(ending.code == 1)
        #expect(
            ending.errors.components(separatedBy: "--log /dev/full: it cannot be written: no space left on device")
                .count
                == 2, "\(ending.errors)")
        #expect(try FileManager.default.attributesOfItem(atPath: "/dev/full")[.posixPermissions] as? Int == before)
    }

    /// A pipe that is full before anything is written to it, and whose other end can be read.
    private static func fullPipe() throws -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        let flags = fcntl(ends[1], F_GETFL)
        _ = fcntl(ends[1], F_SETFL, flags | O_NONBLOCK)
        let filling = [UInt8](repeating: UInt8(ascii: "-"), count: 4096)
        while write(ends[1], filling, filling.count) > 0 {}
        _ = fcntl(ends[1], F_SETFL, flags)
        return (ends[0], ends[1])
    }

    /// Reads to the end on a thread of its own: one that tests share would keep them from closing the other end.
    private static func everything(from descriptor: Int32) -> Task<String, Never> {
        Task {
            await withCheckedContinuation { continuation in
                Thread.detachNewThread {
                    let data = FileHandle(fileDescriptor: descriptor).readDataToEndOfFile()
                    continuation.resume(returning: String(decoding: data, as: UTF8.self))
                }
            }
        }
    }

    @Test("who writes to a pipe that nobody reads does not wait, and nothing of it is lost or out of order")
    func stalledPipe() async throws {
        let (reading, writing) = try Self.fullPipe()
        let writer = TextWriter(descriptor: writing, thread: SerialThread(label: "test"))
        for number in 1...10_000 { writer.write("line \(number)\n") }
        #expect(writer.isBehind)
        let reader = Self.everything(from: reading)
        #expect(await writer.finish() == nil)
        #expect(!writer.isBehind)
        close(writing)
        let lines = await reader.value.drop { $0 == "-" }.split(separator: "\n")
        #expect(lines.map(String.init) == (1...10_000).map { "line \($0)" })
        close(reading)
    }

    @Test("an apply whose outputs nobody reads is carried out", arguments: ["text", "json"])
    func stalledApply(format: String) async throws {
        let flow = try ApplyFlowTests()
        let fleet = try flow.fleet()
        let (reading, writing) = try Self.fullPipe()
        let thread = SerialThread(label: "test")
        let writer = TextWriter(descriptor: writing, thread: thread)
        var surroundings = Recorder().surroundings()
        surroundings.output = { writer.write($0) }
        surroundings.errorOutput = { writer.write($0) }
        surroundings.errorsAreBehind = { writer.isBehind }
        let status = try await flow.run(
            "apply", ["--auto-approve", "-o", format], on: fleet, surroundings: surroundings)
        #expect(status == 0)
        #expect(fleet.performed.contains { $0.hasSuffix("web/start") })
        #expect(writer.isBehind)
        let reader = Self.everything(from: reading)
        #expect(await writer.finish() == nil)
        close(writing)
        let text = await reader.value
        #expect(text.contains("start") && text.contains(format == "json" ? "\"result\"" : "Done: "))
        close(reading)
    }

    @Test(
        "lost output makes a success a failure, and hides no exit code that comes before it",
        arguments: [
            (0, ENOSPC, 0, 1), (2, ENOSPC, 0, 1), (7, ENOSPC, 0, 1), (6, 0, EIO, 1), (3, ENOSPC, 0, 3),
            (64, 0, ENOSPC, 64),
            (0, EPIPE, EPIPE, 0), (0, 0, EBADF, 0), (0, EBADF, 0, 1), (130, ENOSPC, 0, 130),
        ] as [(Int32, Int32, Int32, Int32)])
    func endings(code: Int32, output: Int32, errors: Int32, expected: Int32) {
        func loss(_ code: Int32) -> FileError? { code == 0 ? nil : FileError("lost", code: code) }
        #expect(ProcessOutput.ending(code, output: loss(output), errors: loss(errors)) == expected)
    }
}
