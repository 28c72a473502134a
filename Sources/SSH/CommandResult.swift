/// How a remote command ended, and what it wrote.
package struct CommandResult: Sendable, Equatable {
    /// The way a remote process ends.
    package enum Ending: Sendable, Equatable {
        /// It exited by itself with this status; a shell answers 127 for a command that does not exist.
        case exited(Int)
        /// A signal ended it; the name has no SIG in front, as in `TERM`.
        case signaled(String)
    }

    package let ending: Ending
    package let standardOutput: [UInt8]
    package let standardError: [UInt8]

    package init(ending: Ending, standardOutput: [UInt8], standardError: [UInt8]) {
        self.ending = ending
        self.standardOutput = standardOutput
        self.standardError = standardError
    }

    /// Whether the command exited with status 0.
    package var succeeded: Bool { ending == .exited(0) }

    /// The exit status, or nil when a signal ended the command.
    package var status: Int? {
        if case .exited(let status) = ending { status } else { nil }
    }

    /// Standard output as text; bytes that are not UTF-8 become replacement characters.
    package var output: String { String(decoding: standardOutput, as: UTF8.self) }

    /// Standard error as text; bytes that are not UTF-8 become replacement characters.
    package var errorOutput: String { String(decoding: standardError, as: UTF8.self) }
}
