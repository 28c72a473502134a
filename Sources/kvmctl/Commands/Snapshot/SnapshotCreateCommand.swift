import ArgumentParser
import Reconciler

/// `kvmctl snapshot create`.
struct SnapshotCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Takes a snapshot: of disks and memory where the instance runs, of its disks where it is off.",
        discussion: """
            A running guest pauses while its memory is written.

            Examples:
              kvmctl snapshot create db before-upgrade -f cluster.yaml
              kvmctl snapshot create db cold --disks-only -f cluster.yaml
            """)

    @Flag(
        name: .customLong("disks-only"),
        help: "Of the disks alone; refused while it runs, since libvirt could not go back to it.")
    var isDisksOnly = false
    @OptionGroup var options: SnapshotOptions

    func run() async throws {
        try await run(in: .ofProcess(options.appearance))
    }

    /// Takes one with the given outputs and fleet.
    func run(in context: RunContext) async throws {
        try await options.run(in: context).change("snapshot") { place in
            let domain = place.domain
            let isRunning = domain.power == .running || domain.power == .paused
            if isDisksOnly, isRunning {
                throw InstanceRun.Problem(
                    reason: "it runs, and libvirt cannot go back to a snapshot of the disks alone of a running guest",
                    remedy: "Stop it first, or leave out --disks-only to keep its memory too.")
            }
            if domain.snapshots.contains(where: { $0.name == options.snapshot }) {
                throw InstanceRun.Problem(
                    reason: "it has a snapshot \(options.snapshot) already", remedy: "Choose another name.")
            }
            return .createSnapshot(
                uuid: domain.uuid, name: domain.name, snapshot: options.snapshot, withMemory: isRunning)
        }
    }
}
