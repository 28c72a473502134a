import Blocking
import Engine
import Glibc

/// The two outputs of this process, through which every command writes.
enum ProcessOutput {
    // One thread for both, so that a plan and the question below it reach a terminal in their order.
    private static let thread = SerialThread(label: "output")
    static let output = TextWriter(descriptor: STDOUT_FILENO, thread: thread)
    static let errors = TextWriter(descriptor: STDERR_FILENO, thread: thread)

    /// Takes the numbers of the standard descriptors that the process was started without.
    ///
    /// A file or connection that gets one of these numbers would be read as standard input, or get what is meant for
    /// standard output. Each is opened the wrong way round, so that using it fails. Must run before anything else is opened.
    static func reserveStandardDescriptors() {
        for (descriptor, mode) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
        where fcntl(descriptor, F_GETFD) < 0 {
            _ = open("/dev/null", mode)
        }
    }

    /// Waits until all output is written, says what was lost, and returns the exit code with that in it.
    static func finish(_ code: Int32) async -> Int32 {
        let lost = await output.finish()
        let code = ending(code, output: lost, errors: await errors.finish())
        // A reader that has seen enough, such as `head`, is told nothing.
        if let lost, lost.code != EPIPE {
            errors.write("error: standard output cannot be written: \(lost.reason)\n")
            _ = await errors.finish()
        }
        return code
    }

    /// The exit code of a run whose output was lost, wholly or in part: no success.
    ///
    /// Neither a reader that went away nor a standard error that was closed on purpose count.
    static func ending(_ code: Int32, output: FileError?, errors: FileError?) -> Int32 {
        let isLost = output.map { $0.code != EPIPE } ?? false
        let isUnreachable = errors.map { $0.code != EPIPE && $0.code != EBADF } ?? false
        guard isLost || isUnreachable, let status = RunStatus(exitCode: code) else { return code }
        return RunStatus.first(of: [status, .failed]).exitCode
    }
}
