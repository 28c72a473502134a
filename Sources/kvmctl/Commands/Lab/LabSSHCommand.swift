import ArgumentParser
import Lab

/// `kvmctl lab ssh`.
struct LabSSHCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ssh",
        abstract: "Opens a shell on a node, or runs a command there.",
        discussion: """
            Options of this command go before the node. As with ssh, the words of the command are joined by spaces
            and read by the node's shell.

            Example: sudo kvmctl lab ssh kvm1 -- virsh list --all
            """)

    @Argument(help: "The node, such as kvm1.")
    var node: String

    @Argument(parsing: .captureForPassthrough, help: "The command and its arguments.")
    var command: [String] = []

    @OptionGroup var options: LabOptions

    func run() async throws {
        try await LabOptions.reporting {
            let words = command.first == "--" ? Array(command.dropFirst()) : command
            try options.lab.openShell(on: node, command: words)
        }
    }
}
