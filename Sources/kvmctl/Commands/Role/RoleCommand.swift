import ArgumentParser

/// `kvmctl role`: the packages that roles are made of.
struct RoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "role",
        abstract: "Lists, shows and makes role packages.",
        discussion: """
            A role package is a folder below roles/, beside the specs that use it, with a role.yaml. Others come with \
            kvmctl.

            Example:
              kvmctl role new cache
              kvmctl role show cache
            """,
        subcommands: [
            RoleListCommand.self, RoleShowCommand.self, RoleNewCommand.self, RoleReadmeCommand.self,
        ])
}
