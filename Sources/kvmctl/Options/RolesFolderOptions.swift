import ArgumentParser

/// Where packages that are being written are.
struct RolesFolderOptions: ParsableArguments {
    @Option(
        name: .customLong("in"),
        help: ArgumentHelp("The folder that roles/ is in (default: the current one).", valueName: "folder"))
    var folder: String = "."
}
