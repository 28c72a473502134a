import ArgumentParser
import Spec

/// How a run that changes things waits for others that do.
struct LockOptions: ParsableArguments {
    @Option(
        name: .customLong("lock-timeout"),
        help: ArgumentHelp("The time to wait for another run to end, such as 30s or 5m.", valueName: "duration"))
    var text: String = "0s"

    func validate() throws {
        guard duration != nil else {
            throw ValidationError(
                "--lock-timeout: expected a duration such as 30s or 5m, found \(Printable.escaped(text))")
        }
    }

    /// How long to wait for the lock.
    var patience: Duration { duration ?? .zero }

    private var duration: Duration? { text == "0" ? .zero : Duration(specText: text) }
}
