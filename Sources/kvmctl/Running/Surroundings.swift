import Engine
import Foundation
import Glibc

/// What a command sees of the process it runs in: environment, outputs, terminals.
///
/// Commands take it as a value, so that tests run them with outputs and an environment of their own.
struct Surroundings: Sendable {
    var environment: [String: String]
    /// Whether somebody can type an answer.
    var inputIsTerminal: Bool
    /// The columns of the terminal that standard output is; nil where it is none.
    var outputColumns: Int?
    /// The columns of the terminal that standard error is; nil where it is none.
    var errorColumns: Int?
    /// Writes to standard output; never blocks.
    var output: @Sendable (String) -> Void
    /// Writes to standard error; never blocks.
    var errorOutput: @Sendable (String) -> Void
    /// Waits until standard output has everything, and tells why it has not; nil where it has.
    var finishOutput: @Sendable () async -> FileError?
    /// Whether standard error has not taken yet what was written to it.
    var errorsAreBehind: @Sendable () -> Bool = { false }

    /// Those of this process.
    static func ofProcess() -> Surroundings {
        Surroundings(
            environment: ProcessInfo.processInfo.environment, inputIsTerminal: isatty(STDIN_FILENO) == 1,
            outputColumns: columns(STDOUT_FILENO), errorColumns: columns(STDERR_FILENO),
            output: { ProcessOutput.output.write($0) }, errorOutput: { ProcessOutput.errors.write($0) },
            finishOutput: { await ProcessOutput.output.finish() },
            errorsAreBehind: { ProcessOutput.errors.isBehind })
    }

    /// The user's home folder; nil where there is none, which nothing here depends on.
    var home: String? { environment["HOME"].flatMap { $0.isEmpty ? nil : $0 } }

    /// How text may look on standard output.
    func outputStyle(refusesColour: Bool) -> Style {
        Style(columns: outputColumns, environment: environment, refusesColour: refusesColour)
    }

    /// How text may look on standard error.
    func errorStyle(refusesColour: Bool) -> Style {
        Style(columns: errorColumns, environment: environment, refusesColour: refusesColour)
    }

    /// The width of a terminal, 80 where it does not tell; nil for anything but a terminal.
    private static func columns(_ descriptor: Int32) -> Int? {
        guard isatty(descriptor) == 1 else { return nil }
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}
