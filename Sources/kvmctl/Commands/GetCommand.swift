import ArgumentParser
import Engine
import Reconciler
import Roles
import Spec

/// `kvmctl get`.
struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Lists nodes, networks, images, instances, sites or domains as they are now.",
        discussion: """
            An unreachable node is shown as unknown, and the exit code is then 7. Instances are shown with \
            their health: Healthy, Stopped, Progressing, Degraded, Missing or Unknown. `domains` lists those \
            of this cluster on the nodes, and with --all those of others, with owners. Sites are the websites that \
            guests with the role git-web report; for the health of a site, its node requests the page \
            that the role names.

            Examples:
              kvmctl get instances -f cluster.yaml
              kvmctl get instances -f cluster.yaml -l tier=web
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
    @Flag(name: .customLong("all"), help: "With domains: list those of other clusters and foreign ones too.")
    var isWhole = false
    @Option(
        name: [.customShort("l"), .customLong("label")],
        help: ArgumentHelp("With instances: only those with this label; may be repeated.", valueName: "key=value")
    )
    var labels: [String] = []
    @OptionGroup var options: ListOptions

    func validate() throws {
        guard labels.isEmpty || kind == .instances else { throw ValidationError("-l works only with `get instances`") }
        for text in labels where !text.dropFirst().contains("=") {
            throw ValidationError("-l: expected key=value, found \(Printable.escaped(text))")
        }
        guard !isWhole || kind == .domains else { throw ValidationError("--all works only with `get domains`") }
    }

    func run() async throws {
        try await run(in: .ofProcess(options.appearance))
    }

    /// Lists with the given outputs and fleet.
    func run(in context: RunContext) async throws {
        try await ListRun(options, context, asksSites: kind == .sites).run { listing($0, $1, in: context) }
    }

    private var chosenLabels: [String: String] {
        let pairs = labels.map { text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return (parts[0], parts[1])
        }
        return Dictionary(pairs) { _, last in last }
    }

    private func listing(_ cluster: Cluster, _ fleet: ObservedFleet, in context: RunContext) -> Listing {
        switch kind {
        case .nodes: .nodes(cluster, fleet)
        case .networks: .networks(cluster, fleet)
        case .images:
            .images(cluster, fleet, inputs: context.environment.resolver.resolve(cluster).inputs)
        case .instances: .instances(cluster, fleet, with: chosenLabels)
        case .sites: .sites(cluster, fleet)
        case .domains: .domains(cluster, fleet, isWhole: isWhole)
        }
    }
}
