import ArgumentParser
import Lab

/// `kvmctl lab status`.
struct LabStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows the state of the nodes; exits with 1 unless all of them run and answer.",
        discussion: "Example: sudo kvmctl lab status -o json")

    /// How the status is printed.
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json
    }

    @Option(name: .shortAndLong, help: "The format: table or json.")
    var output: Format = .table

    @OptionGroup var options: LabOptions

    func run() async throws {
        try await LabOptions.reporting {
            let lab = options.lab
            guard let status = try await lab.status() else {
                LabOptions.say("There is no lab in \(lab.paths.state). Start one: kvmctl lab up")
                throw ExitCode.failure
            }
            switch output {
            case .table: LabOptions.tell(LabStatusView.table(status))
            case .json: LabOptions.tell(try LabStatusView.json(status))
            }
            guard status.isHealthy else { throw ExitCode.failure }
        }
    }
}
