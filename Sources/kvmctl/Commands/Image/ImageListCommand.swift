import ArgumentParser
import Engine

/// `kvmctl image list`.
struct ImageListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the base images of each node, and those of the spec that it does not have.",
        discussion: """
            Example:
              kvmctl image list -f cluster.yaml
            """)

    @OptionGroup var options: ListOptions

    func run() async throws {
        try await run(in: .ofProcess(options.appearance))
    }

    /// Lists with the given outputs and fleet.
    func run(in context: RunContext) async throws {
        try await ListRun(options, context).run { cluster, fleet in
            .images(cluster, fleet, inputs: await context.environment.resolver.resolution(of: cluster).inputs)
        }
    }
}
