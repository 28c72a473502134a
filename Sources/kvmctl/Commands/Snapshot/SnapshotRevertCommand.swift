import ArgumentParser
import Engine
import Reconciler

/// `kvmctl snapshot revert`.
struct SnapshotRevertCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revert",
        abstract: "Reverts an instance to a snapshot; all later writes are lost.",
        discussion: """
            The definition is reverted too: if the spec has changed since, the next plan shows it. With memory, the \
            instance runs afterwards if it ran when the snapshot was taken; else it is stopped, and restarted if it ran.

            Example:
              kvmctl snapshot revert db before-upgrade -f cluster.yaml
            """)

    @Flag(name: .customLong("auto-approve"), help: "Do not ask for confirmation.")
    var isApproved = false
    @OptionGroup var options: SnapshotOptions

    func run() async throws {
        try await run(in: .ofProcess(options.appearance))
    }

    /// Goes back with the given outputs and fleet.
    func run(in context: RunContext) async throws {
        guard isApproved || context.surroundings.inputIsTerminal else {
            throw ValidationError("there is no terminal to ask for confirmation; pass --auto-approve")
        }
        let question = "Revert \(options.instance) to \(options.snapshot), and lose all later writes?"
        try await options.change(in: context, question: isApproved ? nil : question).run("snapshot") {
            place throws(InstanceRun.Problem) in
            let domain = place.domain
            guard let snapshot = domain.snapshots.first(where: { $0.name == options.snapshot }) else {
                throw InstanceRun.Problem(
                    reason: "it has no snapshot \(options.snapshot)",
                    remedy: "kvmctl snapshot list \(options.instance) shows what it has.")
            }
            guard !snapshot.isExternal else {
                throw InstanceRun.Problem(
                    reason: "libvirt cannot revert to \(snapshot.name), which is an external snapshot",
                    remedy:
                        "Stop it, point its disks to the snapshot's backing files, and delete the snapshot with virsh.")
            }
            return .snapshot(.revert(uuid: domain.uuid, name: domain.name, snapshot: options.snapshot))
        }
    }
}
