import Formats
import SeededRandomness
import Subprocess
import Testing

/// Shell text, judged by a real shell.
@Suite("Shell quoting") struct ShellQuotingTests {
    @Test("whatever is quoted comes back from sh unchanged", arguments: UInt64(1)...20)
    func roundTrip(_ seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        let awkward = Array("'\"\\$`!*?[]{}()<>|&;#~=%^ \t\n\r\u{1b}\u{7f}éß漢🙂-aZ09/.,:@+_").map(String.init)
        let arguments = (0..<50).map { _ in
            (0..<Int.random(in: 0...12, using: &random)).map { _ in awkward.randomElement(using: &random) ?? "" }
                .joined()
        }
        for text in [
            ShellQuoting.command(arguments), arguments.map(ShellQuoting.singleQuoted).joined(separator: " "),
        ] {
            let printed = try await run(
                .name("sh"), arguments: ["-c", "printf '%s\\0' " + text], output: .bytes(limit: 1 << 20))
            let parts = printed.standardOutput.split(separator: 0, omittingEmptySubsequences: false).dropLast()
            #expect(parts.map { String(decoding: $0, as: UTF8.self) } == arguments)
        }
    }

    @Test(
        "plain words stay as they are, everything else gets quotes",
        arguments: [
            ("virsh", "virsh"), ("/var/lib/x-1.2", "/var/lib/x-1.2"), ("", "''"), ("a b", "'a b'"),
            ("it's", "'it'\\''s'"), ("$(x)`y`\"", "'$(x)`y`\"'"),
            ("~", "'~'"), ("A=1", "'A=1'"), ("$x", "'$x'"),
        ])
    func words(_ argument: String, _ quoted: String) {
        #expect(ShellQuoting.quote(argument) == quoted)
    }

    @Test("in quotes is also what needs none, where that is asked for", arguments: [("virsh", "'virsh'"), ("", "''")])
    func always(_ argument: String, _ quoted: String) {
        #expect(ShellQuoting.singleQuoted(argument) == quoted)
    }
}
