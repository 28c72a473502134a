import ArgumentParser
import Engine
import Spec

/// `kvmctl role list`.
struct RoleListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the role packages: those beside a spec, and those that came with kvmctl.",
        discussion: "Example: kvmctl role list -f cluster.yaml -o wide")

    @OptionGroup var packages: PackageOptions
    @Option(name: .shortAndLong, help: ArgumentHelp("table, wide, json, yaml or name.", valueName: "format"))
    var output: ListFormat = .table
    @OptionGroup var appearance: AppearanceOptions

    func run() async throws {
        try await run(in: .ofProcess(appearance))
    }

    /// Lists with the given outputs.
    func run(in context: RunContext) async throws {
        let shelf = try await packages.shelf(in: context)
        let problems = DiagnosticsView(
            diagnostics: shelf.catalogue.diagnostics.map(\.warning), sources: shelf.lines)
        context.surroundings.errorOutput(problems.text(style: context.errorStyle))
        context.surroundings.output(Listing.packages(shelf.catalogue).render(output, style: context.outputStyle))
    }
}
