import ArgumentParser
import Engine
import Reconciler

/// `kvmctl snapshot delete`.
struct SnapshotDeleteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete",
        abstract: "Deletes a snapshot; the instance stays as it is.",
        discussion: """
            Later snapshots stay. A snapshot that does not exist is not an error.

            Example:
              kvmctl snapshot delete db before-upgrade -f cluster.yaml
            """)

    @OptionGroup var options: SnapshotOptions

    func run() async throws {
        try await run(in: .ofProcess(options.appearance))
    }

    /// Deletes one with the given outputs and fleet.
    func run(in context: RunContext) async throws {
        try await options.change(in: context).run("snapshot") { place throws(InstanceRun.Problem) in
            let isOpen =
                options.snapshot == ChangeTrial.snapshot && place.mark.trial?.isOpen == true
                || options.snapshot == ChangeTrial.roleSnapshot && place.mark.roleTrial?.isOpen == true
            if isOpen {
                throw InstanceRun.Problem(
                    reason: "its last change is not verified yet, and \(options.snapshot) is needed to roll it back",
                    remedy: "Apply: the snapshot is deleted when the change is verified.")
            }
            return .snapshot(.delete(uuid: place.domain.uuid, name: place.domain.name, snapshot: options.snapshot))
        }
    }
}
