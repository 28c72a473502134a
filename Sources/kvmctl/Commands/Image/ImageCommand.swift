import ArgumentParser

/// `kvmctl image`: the images that root disks are made from.
struct ImageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "image",
        abstract: "Lists, brings and deletes the base images of nodes.",
        discussion: """
            apply brings an image to a node when a root disk there needs it, and deletes it when nothing refers to it any \
            more. These verbs do it before, or in between. An image stays without a use where the spec says keep: true.

            Example:
              kvmctl image pull debian-12 -f cluster.yaml
              kvmctl image prune -f cluster.yaml
            """,
        subcommands: [
            ImageListCommand.self, ImageInfoCommand.self, ImagePullCommand.self, ImagePushCommand.self,
            ImagePruneCommand.self,
        ])
}
