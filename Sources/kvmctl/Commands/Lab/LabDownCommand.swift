import ArgumentParser
import Lab

/// `kvmctl lab down`.
struct LabDownCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "down",
        abstract: "Stops the lab and removes everything it created, including the nodes' disks.",
        discussion: "Example: sudo kvmctl lab down")

    @OptionGroup var options: LabOptions

    func run() async throws {
        try await LabOptions.reporting {
            let lab = options.lab
            let existed = try await lab.down()
            LabOptions.tell(
                existed ? "The lab in \(lab.paths.state) was removed." : "There is no lab in \(lab.paths.state).")
        }
    }
}
