import ArgumentParser
import Spec

/// `kvmctl snapshot list`.
struct SnapshotListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the snapshots of an instance, or of all.",
        discussion: """
            Examples:
              kvmctl snapshot list db -f cluster.yaml
              kvmctl snapshot list -f cluster.yaml -o json
            """)

    @Argument(help: "The instance; all instances without it.")
    var instance: String?
    @Option(name: .shortAndLong, help: ArgumentHelp("table, wide, json, yaml or name.", valueName: "format"))
    var output: ListFormat = .table
    @OptionGroup var spec: SpecOptions
    @OptionGroup var appearance: AppearanceOptions

    func run() async throws {
        try await run(in: .ofProcess(appearance))
    }

    /// Lists with the given outputs and fleet.
    func run(in context: RunContext) async throws {
        let cluster = try LoadedSpec.required(
            spec, context.appearance, reportsJSON: output == .json, in: context.surroundings
        ).cluster
        let fleet = try await context.withFleet(cluster) { await $0.observe() }
        guard !Task.isCancelled else { throw ExitCode(.interrupted) }
        if let instance { _ = try SnapshotRun.place(of: instance, cluster, fleet, context) }
        let listing = Listing.snapshots(cluster, fleet, of: instance)
        context.surroundings.output(listing.render(output, style: context.outputStyle))
        guard listing.unknownNodes.isEmpty else { throw ExitCode(.nodeUnreachable) }
    }
}
