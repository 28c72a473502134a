import Foundation
package import Glibc

/// Programs of this machine that tests compare with or need.
package enum LocalTool {
    package static let userName = NSUserName()

    /// Runs a program to its end and returns its output as text; throws when it fails.
    @discardableResult
    package static func run(_ program: String, _ arguments: String...) throws -> String {
        String(decoding: try output(program, arguments), as: UTF8.self)
    }

    /// Runs a program to its end and returns the bytes it wrote.
    package static func output(_ program: String, _ arguments: [String]) throws -> [UInt8] {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw TestFailure("pipe: \(errno)") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        defer { close(ends[0]) }
        let process: pid_t
        do {
            defer { close(ends[1]) }
            process = try spawn(program, arguments, output: ends[1])
        }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = read(ends[0], &buffer, buffer.count)
            if count <= 0 { break }
            bytes += buffer[..<count]
        }
        var status: Int32 = 0
        waitpid(process, &status, 0)
        guard status == 0 else { throw TestFailure("\(program) \(arguments) failed with \(status)") }
        return bytes
    }

    /// Starts a program that stays; `stop` ends it.
    package static func start(_ program: String, _ arguments: String...) throws -> pid_t {
        try start(program, arguments)
    }

    package static func start(_ program: String, _ arguments: [String]) throws -> pid_t {
        try spawn(program, arguments, output: nil)
    }

    /// Ends a started program and waits until it is gone.
    package static func stop(_ process: pid_t, with signal: Int32 = SIGTERM) {
        kill(process, signal)
        var status: Int32 = 0
        waitpid(process, &status, 0)
    }

    private static func spawn(_ program: String, _ arguments: [String], output: Int32?) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        if let output { posix_spawn_file_actions_adddup2(&actions, output, 1) }
        var process: pid_t = 0
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        let code = posix_spawn(&process, program, &actions, nil, &words, environ)
        guard code == 0 else { throw TestFailure("\(program) did not start: \(code)") }
        return process
    }
}
