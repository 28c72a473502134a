import ArgumentParser
import Engine
import Reconciler

/// `kvmctl snapshot create`.
struct SnapshotCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Takes a snapshot of an instance's disks, and of its memory if it runs.",
        discussion: """
            A running guest pauses while its memory is written. With --disks-only it keeps running: its agent, if any, \
            freezes its file systems for a moment. Reverting to such a snapshot boots the guest.

            Examples:
              kvmctl snapshot create db before-upgrade -f cluster.yaml
              kvmctl snapshot create db cold --disks-only -f cluster.yaml
            """)

    @Flag(
        name: .customLong("disks-only"),
        help: "Snapshot only the disks, even while it runs.")
    var isDisksOnly = false
    @OptionGroup var options: SnapshotOptions

    func run() async throws {
        try await run(in: .ofProcess(options.appearance))
    }

    /// Takes one with the given outputs and fleet.
    func run(in context: RunContext) async throws {
        try await options.change(in: context).run("snapshot") { place throws(InstanceRun.Problem) in
            let domain = place.domain
            let isRunning = domain.power == .running || domain.power == .paused
            if let (reason, remedy) = domain.snapshotObstacle {
                throw InstanceRun.Problem(
                    reason: reason, remedy: remedy.prefix(1).uppercased() + remedy.dropFirst() + ".")
            }
            try options.refuseOwn("is taken by apply")
            if domain.snapshots.contains(where: { $0.name == options.snapshot }) {
                throw InstanceRun.Problem(
                    reason: "it has a snapshot \(options.snapshot) already", remedy: "Choose another name.")
            }
            return .snapshot(
                .create(
                    uuid: domain.uuid, name: domain.name, snapshot: options.snapshot,
                    withMemory: isRunning && !isDisksOnly))
        }
    }
}
