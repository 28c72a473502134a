import ArgumentParser
import Lab

/// `kvmctl lab kill`.
struct LabKillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kill",
        abstract: "Crashes a node, or cuts it off the network.",
        discussion: """
            A crash kills all processes of the node, including guests, like a power cut; its disk stays. With --cut
            they keep running, but no packet reaches the node and no connection is reset. `kvmctl lab start` undoes both.

            Example: sudo kvmctl lab kill kvm2 --cut
            """)

    @Argument(help: "The node, such as kvm2.")
    var node: String

    @Flag(help: "Cut it off the network instead.")
    var cut = false

    @OptionGroup var options: LabOptions

    func run() async throws {
        try await LabOptions.reporting {
            let lab = options.lab
            if cut {
                try await lab.cut(node)
                LabOptions.tell("\(node) is cut off.")
            } else {
                try await lab.crash(node)
                LabOptions.tell("\(node) is down.")
            }
        }
    }
}
