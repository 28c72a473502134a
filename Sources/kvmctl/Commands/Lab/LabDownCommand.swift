import ArgumentParser
import Lab

/// `kvmctl lab down`.
struct LabDownCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down",
        abstract: "Ends the lab and removes everything it made, the nodes' disks included.",
        discussion: "Example: sudo kvmctl lab down")

    @OptionGroup var options: LabOptions

    func run() async throws {
        try await LabOptions.reporting {
            let lab = options.lab
            let existed = try await lab.down()
            LabOptions.tell(
                existed ? "The lab in \(lab.paths.state) is gone." : "There is no lab in \(lab.paths.state).")
        }
    }
}
