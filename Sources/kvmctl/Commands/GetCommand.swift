import ArgumentParser
import Engine
import Reconciler
import Roles
import Spec

/// `kvmctl get`.
struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Lists nodes, networks, images, instances, roles, sites or domains as they are now.",
        discussion: """
            An unreachable node is shown as unknown, and the exit code is then 7. Instances are shown with \
            their health: Healthy, Stopped, Progressing, Degraded, Missing or Unknown. `domains` lists those \
            of this cluster on the nodes, and with --all those of others, with owners. Roles are listed as guests \
            report them, with what they give to others, secrets excepted; the health check that a role declares is \
            run. Sites are the websites that guests with the role git-web report; for the health of a site, its node \
            requests the page that the role names.

            Examples:
              kvmctl get instances -f cluster.yaml
              kvmctl get instances -f cluster.yaml -l tier=web
              kvmctl get nodes -f cluster.yaml -o wide
              kvmctl get roles -f cluster.yaml -l tier=web
              kvmctl get sites -f cluster.yaml -f web.yaml
              kvmctl get domains --all -f cluster.yaml
            """)

    /// What can be listed.
    enum Kind: String, CaseIterable, ExpressibleByArgument {
        case nodes, networks, images, instances, roles, sites, domains

        /// One of them is asked for as all are.
        init?(argument: String) {
            guard let kind = Kind(rawValue: argument) ?? Kind(rawValue: argument + "s") else { return nil }
            self = kind
        }
    }

    @Argument(help: "nodes, networks, images, instances, roles, sites or domains.")
    var kind: Kind
    @Flag(name: .customLong("all"), help: "With domains: list those of other clusters and foreign ones too.")
    var isWhole = false
    @OptionGroup var labels: LabelOptions
    @OptionGroup var options: ListOptions

    func validate() throws {
        guard labels.labels.isEmpty || [.instances, .roles].contains(kind) else {
            throw ValidationError("-l works only with `get instances` and `get roles`")
        }
        guard !isWhole || kind == .domains else { throw ValidationError("--all works only with `get domains`") }
    }

    func run() async throws {
        try await run(in: .ofProcess(options.appearance))
    }

    /// Lists with the given outputs and fleet.
    func run(in context: RunContext) async throws {
        try await ListRun(options, context, trying: trial).run { await listing($0, $1, in: context) }
    }

    private var trial: RoleTrial {
        switch kind {
        case .roles: .all
        case .sites: .kind(GitWeb.key)
        case .nodes, .networks, .images, .instances, .domains: .none
        }
    }

    private func listing(_ cluster: Cluster, _ fleet: ObservedFleet, in context: RunContext) async -> Listing {
        switch kind {
        case .nodes: .nodes(cluster, fleet)
        case .networks: .networks(cluster, fleet)
        case .images:
            .images(cluster, fleet, inputs: await context.environment.resolver.resolution(of: cluster).inputs)
        case .instances: .instances(cluster, fleet, with: labels.wanted)
        case .roles: .roles(cluster, fleet, with: labels.wanted)
        case .sites: .sites(cluster, fleet)
        case .domains: .domains(cluster, fleet, isWhole: isWhole)
        }
    }
}
