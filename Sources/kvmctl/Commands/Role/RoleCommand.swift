import ArgumentParser

/// `kvmctl role`: the packages that roles are made of.
struct RoleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "role",
        abstract: "Lists, shows, makes and tries role packages.",
        discussion: """
            A role package is a folder below roles/, beside the specs that use it, with a role.yaml. Others come with \
            kvmctl. docs/roles.md says how one is written.

            Example:
              kvmctl role new cache
              kvmctl role show cache
            """,
        subcommands: [
            RoleListCommand.self, RoleShowCommand.self, RoleNewCommand.self, RoleReadmeCommand.self,
            RoleTestCommand.self,
        ])
}
