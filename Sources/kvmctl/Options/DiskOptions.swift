import ArgumentParser
import Spec

/// Data disks that are to go by name.
struct DiskOptions: ParsableArguments {
    @Option(
        name: .customLong("delete-disk"),
        help: ArgumentHelp(
            "Delete this data disk, which its instance no longer has; may be repeated.",
            valueName: "instance.disk"))
    var deleted: [String] = []

    func validate() throws {
        for text in deleted {
            let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, parts.allSatisfy({ Name($0) != nil }) else {
                throw ValidationError("--delete-disk: expected INSTANCE.DISK, found \(Printable.escaped(text))")
            }
        }
    }
}
