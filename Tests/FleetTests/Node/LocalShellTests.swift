import Glibc
import SSH
import Testing

@testable import Fleet

@Suite("Commands on this machine")
struct LocalShellTests {
    init() {
        // As kvmctl itself does: to write to a command that is gone is an error of that call and no more.
        signal(SIGPIPE, SIG_IGN)
    }

    @Test("input, output, error output and status go through")
    func through() async throws {
        let result = try await LocalShell().run(
            ["sh", "-c", "cat; echo no >&2; exit 3"], input: Array("yes".utf8), timeout: nil)
        #expect(result.ending == .exited(3))
        #expect(result.standardOutput == Array("yes".utf8))
        #expect(result.standardError == Array("no\n".utf8))
    }

    @Test("a command that does not read its input gives its status all the same", arguments: [0, 1, 1 << 20])
    func unread(count: Int) async throws {
        for _ in 0..<10 {
            let result = try await LocalShell().run(
                ["sh", "-c", "exec <&-; exit 3"], input: [UInt8](repeating: 0, count: count), timeout: nil)
            #expect(result.ending == .exited(3))
        }
    }

    @Test("a command that takes too long is ended, and the error names it")
    func timeout() async throws {
        await #expect(throws: LocalShellError.self) {
            try await LocalShell().run(["sleep", "60"], input: [], timeout: .milliseconds(100))
        }
    }
}
