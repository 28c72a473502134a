import ArgumentParser
import Lab

/// `kvmctl lab start`.
struct LabStartCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Starts a crashed node with its disk, or reconnects one that was cut off.",
        discussion: "Example: sudo kvmctl lab start kvm2")

    @Argument(help: "The node, such as kvm2.")
    var node: String

    @OptionGroup var options: LabOptions

    func run() async throws {
        try await LabOptions.reporting {
            try await options.lab.start(node)
            LabOptions.tell("\(node) runs and answers.")
        }
    }
}
