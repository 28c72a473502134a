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
    /// Writes to standard output.
    var output: @Sendable (String) -> Void
    /// Writes to standard error.
    var errorOutput: @Sendable (String) -> Void

    /// Those of this process.
    static func ofProcess() -> Surroundings {
        Surroundings(
            environment: ProcessInfo.processInfo.environment, inputIsTerminal: isatty(STDIN_FILENO) == 1,
            outputColumns: columns(STDOUT_FILENO), errorColumns: columns(STDERR_FILENO),
            output: { write($0, to: STDOUT_FILENO) }, errorOutput: { write($0, to: STDERR_FILENO) })
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

    /// Writes all of the text; gives up where nobody reads any more, as `| head` does.
    private static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { buffer in
            var rest = UnsafeRawBufferPointer(buffer)
            while !rest.isEmpty {
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                if count < 0 {
                    if errno == EINTR { continue }
                    if errno == EAGAIN {
                        var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                        _ = poll(&wait, 1, 1000)
                        continue
                    }
                    return
                }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            }
        }
    }
}
