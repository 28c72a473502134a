import ArgumentParser
import Spec

/// What the verbs that change snapshots have in common.
struct SnapshotOptions: ParsableArguments {
    @Argument(help: "The instance.")
    var instance: String
    @Argument(help: "The snapshot's name.")
    var snapshot: String
    @Option(
        name: .customLong("lock-timeout"),
        help: ArgumentHelp("How long to wait for another run to end, such as 30s or 5m.", valueName: "duration"))
    var lockTimeout: String = "0s"
    @Option(name: .customLong("log"), help: ArgumentHelp("Write every remote call to this file.", valueName: "path"))
    var logPath: String?
    @OptionGroup var spec: SpecOptions
    @OptionGroup var appearance: AppearanceOptions

    func validate() throws {
        guard patience != nil else {
            throw ValidationError("--lock-timeout: expected a duration, found \(Printable.escaped(lockTimeout))")
        }
        let isPlain = snapshot.unicodeScalars.allSatisfy {
            ("a"..."z").contains($0) || ("A"..."Z").contains($0) || ("0"..."9").contains($0)
                || "-_.".unicodeScalars.contains($0)
        }
        guard isPlain, !snapshot.isEmpty, !snapshot.hasPrefix("-"), !snapshot.hasPrefix("."), snapshot.count <= 63
        else {
            throw ValidationError("a snapshot's name has up to 63 letters, digits, - _ and .")
        }
    }

    /// How long to wait for the lock; nil where the text is no duration.
    var patience: Duration? { ["0", "0s"].contains(lockTimeout) ? .zero : Duration(specText: lockTimeout) }
}
