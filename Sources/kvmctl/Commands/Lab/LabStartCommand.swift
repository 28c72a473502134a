import ArgumentParser
import Lab

/// `kvmctl lab start`.
struct LabStartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Starts a crashed node with the disk it had, or links a cut one again.",
        discussion: "Example: sudo kvmctl lab start kvm2")

    @Argument(help: "The node, as in kvm2.")
    var node: String

    @OptionGroup var options: LabOptions

    func run() async throws {
        try await LabOptions.reporting {
            try await options.lab.start(node)
            LabOptions.tell("\(node) runs and answers.")
        }
    }
}
