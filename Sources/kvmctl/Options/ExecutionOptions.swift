import ArgumentParser
import Reconciler
import Spec

/// How a run that changes things goes about it.
struct ExecutionOptions: ParsableArguments {
    @Flag(name: .customLong("auto-approve"), help: "Do not ask for a yes.")
    var isApproved = false

    @Flag(name: .customLong("delete-data"), help: "Delete data disks, too, whose instance goes or is gone.")
    var deletesData = false

    @Option(
        name: .customLong("lock-timeout"),
        help: ArgumentHelp("How long to wait for another run to end, such as 30s or 5m.", valueName: "duration"))
    var lockTimeout: String = "0s"

    @Option(help: ArgumentHelp("How many steps may run at once over all nodes.", valueName: "count"))
    var parallelism: Int = Executor.Limits().overall

    @Option(
        name: .shortAndLong, help: ArgumentHelp("text, or json for a line of JSON for each event.", valueName: "format")
    )
    var output: RunFormat = .text

    @Option(
        name: .customLong("log"),
        help: ArgumentHelp("Write every step and every remote call to this file.", valueName: "path"))
    var logPath: String?

    func validate() throws {
        guard patience != nil else {
            throw ValidationError(
                "--lock-timeout: expected a duration such as 30s or 5m, found \(Printable.escaped(lockTimeout))")
        }
        guard parallelism >= 1 else { throw ValidationError("--parallelism: expected a number of at least 1") }
    }

    /// How long to wait for the lock; nil where the text is no duration.
    var patience: Duration? {
        lockTimeout == "0" ? .zero : Duration(specText: lockTimeout)
    }

    var limits: Executor.Limits {
        Executor.Limits(perNode: min(Executor.Limits().perNode, parallelism), overall: parallelism)
    }

    /// Refuses to start where a yes is needed and nobody can give one.
    ///
    /// - Throws: a mistake of usage, before anything is read or contacted.
    func requireSomebodyToAsk(_ surroundings: Surroundings) throws {
        guard isApproved || surroundings.inputIsTerminal else {
            throw ValidationError("there is no terminal to ask for a yes; look at the plan, then pass --auto-approve")
        }
    }
}

extension RunLog {
    /// Opens the file that `--log` names, if it names one.
    static func opened(_ path: String?) throws -> RunLog? {
        guard let path else { return nil }
        do throws(FileError) {
            return try RunLog(path: path)
        } catch {
            throw ValidationError("--log \(Printable.escaped(path)): it cannot be opened: \(error.reason)")
        }
    }
}
