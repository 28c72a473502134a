import ArgumentParser
import Engine
import Formats
import Spec

/// `kvmctl role show`.
struct RoleShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows a role package: its inputs and outputs, and what it does to a guest.",
        discussion: """
            Examples:
              kvmctl role show load-balancer
              kvmctl role show cache -f cluster.yaml -o json
            """)

    @Argument(help: "The package's name.")
    var name: String
    @OptionGroup var packages: PackageOptions
    @Option(name: .shortAndLong, help: ArgumentHelp("text, json or yaml.", valueName: "format"))
    var output: DescribeCommand.Format = .text
    @OptionGroup var appearance: AppearanceOptions

    func run() async throws {
        try await run(in: .ofProcess(appearance))
    }

    /// Shows it with the given outputs.
    func run(in context: RunContext) async throws {
        let shelf = try await packages.shelf(in: context)
        let package = try await context.reporting { () async throws(RunFailure) -> RolePackage in
            try shelf.package(named: name)
        }
        let description = Description.package(package)
        switch output {
        case .text: context.surroundings.output(description.page.text(in: context.outputStyle))
        case .json: context.surroundings.output(description.value.json)
        case .yaml: context.surroundings.output(description.value.yaml)
        }
    }
}
