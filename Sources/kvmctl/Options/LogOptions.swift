import ArgumentParser
import Spec

/// Where a run writes what it did.
struct LogOptions: ParsableArguments {
    @Option(
        name: .customLong("log"),
        help: ArgumentHelp("Write every step and every remote call to this file.", valueName: "path"))
    var path: String?

    /// Opens the file that `--log` names, if it names one.
    ///
    /// - Throws: a mistake of usage where it cannot be written.
    func open() throws -> RunLog? {
        guard let path else { return nil }
        do throws(FileError) {
            return try RunLog(path: path)
        } catch {
            throw ValidationError("--log \(Printable.escaped(path)): it cannot be opened: \(error.reason)")
        }
    }
}
