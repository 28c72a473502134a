import Foundation
import Glibc
import Processes
import Testing

/// What Ctrl-C at a real terminal does to programs of this machine.
@Suite("Programs and the terminal") struct TerminalTests {
    @Test("Ctrl-C reaches this process, and no program that it started")
    func interrupt() async {
        await #expect(processExitsWith: .success) {
            let terminal = try Terminal.take()
            let started = FileManager.default.temporaryDirectory.appending(path: "terminal-\(UUID())").path
            let script = "touch \"$1\"; while [ -e \"$1\" ]; do sleep 0.05; done; echo done"
            let program = Task { try await LocalProgram.run("sh", ["-c", script, "sh", started]) }
            while !FileManager.default.fileExists(atPath: started) { try await Task.sleep(for: .milliseconds(10)) }
            try terminal.press(3)
            try #require(await terminal.sawInterrupt())
            try FileManager.default.removeItem(atPath: started)
            let result = try await program.value
            try #require(result.succeeded)
            try #require(result.standardOutput == Array("done\n".utf8))
        }
    }

    @Test("a program has no terminal that it could ask at or be stopped by")
    func noTerminal() async {
        await #expect(processExitsWith: .success) {
            _ = try Terminal.take()
            let result = try await LocalProgram.run("sh", ["-c", "exec </dev/tty"], input: [])
            try #require(!result.succeeded)
        }
    }
}

/// A terminal of its own for this process, as a login has one.
private struct Terminal {
    private let keyboard: Int32
    nonisolated(unsafe) private static var interrupts: sig_atomic_t = 0

    /// Starts a session with a new terminal, whose foreground is this process.
    static func take() throws -> Terminal {
        // Glibc's functions for this are not in Swift's Glibc; TIOCSPTLCK unlocks the terminal, TIOCGPTN tells its number.
        let keyboard = open("/dev/ptmx", O_RDWR | O_NOCTTY)
        var (unlocked, number): (Int32, Int32) = (0, 0)
        guard keyboard >= 0, ioctl(keyboard, 0x4004_5431, &unlocked) == 0, ioctl(keyboard, 0x8004_5430, &number) == 0
        else { throw POSIXError(.ENOTTY) }
        guard setsid() >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EPERM) }
        // The first terminal that a session's leader opens becomes the session's.
        let screen = open("/dev/pts/\(number)", O_RDWR)
        guard screen >= 0, tcgetpgrp(screen) == getpgrp() else { throw POSIXError(.ENOTTY) }
        signal(SIGINT) { _ in Terminal.interrupts += 1 }
        return Terminal(keyboard: keyboard)
    }

    /// Presses a key.
    func press(_ key: UInt8) throws {
        var key = key
        guard write(keyboard, &key, 1) == 1 else { throw POSIXError(.EIO) }
    }

    /// Whether the key for an interrupt has reached this process.
    func sawInterrupt() async -> Bool {
        for _ in 0..<6000 where Terminal.interrupts == 0 { try? await Task.sleep(for: .milliseconds(10)) }
        return Terminal.interrupts > 0
    }
}
