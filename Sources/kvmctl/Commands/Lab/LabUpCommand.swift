import ArgumentParser
import Lab

/// `kvmctl lab up`.
struct LabUpCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "up",
        abstract: "Starts the lab, or what is missing of it.",
        discussion: """
            A healthy lab is left as it is; crashed nodes are started with the disks they had, cut ones linked again.

            Example: sudo kvmctl lab up --nodes 3
            """)

    @Option(help: "The number of nodes (default: as many as it has, or 2).")
    var nodes: Int?

    @OptionGroup var options: LabOptions

    func run() async throws {
        try await LabOptions.reporting {
            let lab = options.lab
            try await lab.up(nodes: nodes)
            if let status = try await lab.status() { print(LabStatusView.table(status)) }
            print("To point kvmctl at it:")
            for (name, value) in try lab.environment().prefix(2) {
                print("  export \(name)=\(singleQuoted(value))")
            }
        }
    }
}
