import ArgumentParser
import Engine
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

    @Argument(help: "The instance (default: all instances).")
    var instance: String?
    @OptionGroup var options: ListOptions

    func run() async throws {
        try await run(in: .ofProcess(options.appearance))
    }

    /// Lists with the given outputs and fleet.
    func run(in context: RunContext) async throws {
        try await ListRun(options, context).run { cluster, fleet in
            if let instance {
                try await context.reporting { () async throws(RunFailure) in
                    _ = try InstanceRun.place(of: instance, cluster, fleet)
                }
            }
            return Listing.snapshots(cluster, fleet, of: instance)
        }
    }
}
