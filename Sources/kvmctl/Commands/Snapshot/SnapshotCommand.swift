import ArgumentParser

/// `kvmctl snapshot`.
struct SnapshotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot",
        abstract: "Takes, lists, reverts to and deletes snapshots of an instance.",
        discussion: """
            A snapshot is stored in the instance's disks. For a running instance it includes the memory, and reverting \
            to it resumes the guest; for a stopped one it includes only the disks. While an instance has snapshots, \
            it cannot migrate to another node.

            Examples:
              kvmctl snapshot create db before-upgrade -f cluster.yaml
              kvmctl snapshot list db -f cluster.yaml
              kvmctl snapshot revert db before-upgrade -f cluster.yaml
              kvmctl snapshot delete db before-upgrade -f cluster.yaml
            """,
        subcommands: [
            SnapshotCreateCommand.self, SnapshotListCommand.self, SnapshotRevertCommand.self,
            SnapshotDeleteCommand.self,
        ])
}
