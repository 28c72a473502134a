import ArgumentParser
import Reconciler

/// `kvmctl snapshot delete`.
struct SnapshotDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Deletes a snapshot; the instance stays as it is.",
        discussion: """
            Snapshots that were taken after it stay. One that is gone already is no error.

            Example:
              kvmctl snapshot delete db before-upgrade -f cluster.yaml
            """)

    @OptionGroup var options: SnapshotOptions

    func run() async throws {
        try await run(in: .ofProcess(options.appearance))
    }

    /// Deletes one with the given outputs and fleet.
    func run(in context: RunContext) async throws {
        try await options.run(in: context).change("snapshot") { place in
            .deleteSnapshot(uuid: place.domain.uuid, name: place.domain.name, snapshot: options.snapshot)
        }
    }
}
