import Foundation
import TestFleet
import Testing

/// The real program: exit codes, and what goes to which output.
struct ProgramTests {
    struct Ending {
        var code: Int32
        var output: String
        var errors: String
    }

    /// The program that was built with these tests.
    static var program: String {
        let bundle = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let program = bundle.appendingPathComponent("kvmctl")
        if !FileManager.default.isExecutableFile(atPath: program.path), let first = CommandLine.arguments.first {
            return URL(fileURLWithPath: first).deletingLastPathComponent().appendingPathComponent("kvmctl").path
        }
        return program.path
    }

    /// Runs the built program without a terminal.
    ///
    /// - Parameter redirection: what a shell puts behind the command, such as `>/dev/full`.
    static func run(
        _ arguments: [String], environment: [String: String] = ["PATH": "/usr/bin:/bin"], input: String = "",
        redirection: String = ""
    ) throws -> Ending {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments = ["-c", "exec \"$0\" \"$@\" \(redirection)", program] + arguments
        process.environment = environment
        let (output, errors, stdin) = (Pipe(), Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = stdin
        try process.run()
        // A program that ended before it read is judged by its exit code, not by the pipe that it left.
        try? stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try stdin.fileHandleForWriting.close()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        let errorText = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Ending(
            code: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
            errors: String(decoding: errorText, as: UTF8.self))
    }

    @Test("version works without a home folder, as text and as JSON")
    func version() throws {
        let text = try Self.run(["version"], environment: [:])
        #expect(text.code == 0)
        #expect(text.output.hasPrefix("kvmctl "))
        #expect(text.errors.isEmpty)
        let json = try Self.run(["version", "-o", "json"], environment: [:])
        let document = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
        #expect(document?["formatVersion"] as? Int == 2)
    }

    @Test(
        "a mistake on the command line is told on standard error with exit code 64",
        arguments: [["plan"], ["nonsense"], ["apply", "-f", "x"]])
    func usage(arguments: [String]) throws {
        let ending = try Self.run(arguments)
        #expect(ending.code == 64)
        #expect(ending.output.isEmpty)
        #expect(ending.errors.hasPrefix("error: "))
    }

    @Test("help goes to standard output")
    func help() throws {
        let ending = try Self.run(["--help"])
        #expect(ending.code == 0)
        #expect(ending.output.contains("kvmctl apply"))
        #expect(ending.errors.isEmpty)
    }

    @Test(
        "bad files are exit code 3 with a place, and nothing on standard output",
        arguments: [
            ("", "1:1: error:"), ("nodes: [", "error:"), ("a: \tb\n\tc: d", "error:"), ("\0", "error:"),
            ("apiVersion: kvmctl/v1\ncluster: Demo\n", "2:10: error:"), ("apiVersion: kvmctl/v2\n", "1:13: error:"),
        ])
    func badFiles(text: String, expected: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("bad.yaml", text)
        let ending = try Self.run(["validate", "-f", file])
        #expect(ending.code == 3)
        #expect(ending.output.isEmpty)
        #expect(ending.errors.contains(expected))
        let plan = try Self.run(["plan", "-f", file])
        #expect(plan.code == 3)
        #expect(plan.errors == ending.errors)
    }

    @Test("a good file is ok with counts, from a file, a folder or standard input")
    func goodFiles() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("c.yaml", ApplyFlowTests.spec)
        let expected = "ok: cluster demo, 1 node, 1 network, 1 image, 1 instance\n"
        for (arguments, input) in [
            (["-f", file], ""), (["-f", folder.path], ""), (["-f", "-"], ApplyFlowTests.spec),
        ] {
            let ending = try Self.run(["validate"] + arguments, input: input)
            #expect(ending.code == 0)
            #expect(ending.output == expected)
            #expect(ending.errors.isEmpty)
        }
    }

    @Test("complaints as JSON are one document on standard output")
    func jsonComplaints() throws {
        let ending = try Self.run(["validate", "-f", "-", "-o", "json"], input: "a: 1")
        #expect(ending.code == 3)
        #expect(ending.errors.isEmpty)
        let document = try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) as? [String: Any]
        #expect((document?["errors"] as? Int ?? 0) > 0)
    }

    @Test("the effective spec can be read again and says the same")
    func render() throws {
        let first = try Self.run(["render", "-f", "-"], input: ApplyFlowTests.spec)
        #expect(first.code == 0)
        let second = try Self.run(["render", "-f", "-"], input: first.output)
        #expect(second.code == 0, "\(second.errors)")
        #expect(second.output == first.output)
    }

    @Test("the JSON Schema is JSON")
    func schema() throws {
        let ending = try Self.run(["schema"])
        #expect(ending.code == 0)
        #expect(try JSONSerialization.jsonObject(with: Data(ending.output.utf8)) is [String: Any])
    }
}
