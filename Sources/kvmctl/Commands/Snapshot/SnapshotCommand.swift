import ArgumentParser

/// `kvmctl snapshot`.
struct SnapshotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot",
        abstract: "Takes, lists, reverts to and deletes snapshots of an instance.",
        discussion: """
            A snapshot lies within the instance's disks. Of a running instance it holds the memory too, and going back \
            to it continues where the guest was; of a stopped one it holds the disks. While an instance has snapshots, \
            it cannot move to another node.

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
