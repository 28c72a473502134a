import ArgumentParser
import Engine
import Spec

/// Where a run writes what it did.
struct LogOptions: ParsableArguments {
    @Option(
        name: .customLong("log"),
        help: ArgumentHelp("Write every step and every remote call to this file.", valueName: "path"))
    var path: String?

    /// Opens the file that `--log` names, if it names one; what is lost of it later is said on standard error.
    ///
    /// - Throws: a mistake of usage where it cannot be opened.
    func open(in context: RunContext) throws -> RunLog? {
        guard let path else { return nil }
        do throws(FileError) {
            return try RunLog(path: path) { loss in
                context.say(
                    Line(
                        [Span("error: ", .alarm), Span("--log \(path): it cannot be written: \(loss.reason)")], hang: 4)
                )
            }
        } catch {
            throw ValidationError("--log \(Printable.escaped(path)): it cannot be opened: \(error.reason)")
        }
    }
}
