import ArgumentParser
import Reconciler
import Spec

/// `kvmctl get`.
struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Lists nodes, networks, images, instances, sites or domains as they are now.",
        discussion: """
            A node that does not answer is shown as unknown, and the exit code is 7 then. Instances are shown with \
            their health: Healthy, Stopped, Progressing, Degraded, Missing or Unknown. Domains are what the nodes \
            really have: this cluster's, and with --all everybody's and whose they are. Sites are what guests with the \
            role git-web serve, as they say themselves.

            Examples:
              kvmctl get instances -f cluster.yaml
              kvmctl get nodes -f cluster.yaml -o wide
              kvmctl get sites -f cluster.yaml -f web.yaml
              kvmctl get domains --all -f cluster.yaml
            """)

    /// What can be listed.
    enum Kind: String, CaseIterable, ExpressibleByArgument {
        case nodes, networks, images, instances, sites, domains
    }

    @Argument(help: "nodes, networks, images, instances, sites or domains.")
    var kind: Kind
    @Flag(name: .customLong("all"), help: "With domains: other clusters' and foreign ones, too.")
    var isWhole = false
    @OptionGroup var options: ListOptions

    func validate() throws {
        guard !isWhole || kind == .domains else { throw ValidationError("--all belongs to `get domains`") }
    }

    func run() async throws {
        try await run(in: .ofProcess(options.appearance))
    }

    /// Lists with the given outputs and fleet.
    func run(in context: RunContext) async throws {
        try await ListRun(options, context).run { listing($0, $1, in: context) }
    }

    private func listing(_ cluster: Cluster, _ fleet: ObservedFleet, in context: RunContext) -> Listing {
        switch kind {
        case .nodes: .nodes(cluster, fleet)
        case .networks: .networks(cluster, fleet)
        case .images:
            .images(
                cluster, fleet,
                inputs: InputResolver(environment: context.surroundings.environment).resolve(cluster).inputs)
        case .instances: .instances(cluster, fleet)
        case .sites: .sites(cluster, fleet)
        case .domains: .domains(cluster, fleet, isWhole: isWhole)
        }
    }
}
