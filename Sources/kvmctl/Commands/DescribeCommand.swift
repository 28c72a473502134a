import ArgumentParser
import Engine
import Formats
import Reconciler
import Spec

/// `kvmctl describe`.
struct DescribeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "describe",
        abstract: "Shows one instance, network or node in full, and what an apply would do to it.",
        discussion: """
            For an instance: its health with the reason, its node, its NICs and disks, each field in the spec, as last \
            applied and live, and the changes that an apply would make.

            Examples:
              kvmctl describe instance/web-1 -f cluster.yaml
              kvmctl describe node/kvm1 -f cluster.yaml -o json
            """)

    /// What can be described.
    enum Kind: String, CaseIterable {
        case instance, network, node
    }

    /// How it is printed.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json, yaml
    }

    @Argument(
        help: ArgumentHelp(
            "instance, network or node, a slash, and the name; a bare name is an instance.", valueName: "kind/name"))
    var object: String
    @Option(name: .shortAndLong, help: ArgumentHelp("text, json or yaml.", valueName: "format"))
    var output: Format = .text
    @OptionGroup var spec: SpecOptions
    @OptionGroup var appearance: AppearanceOptions

    func validate() throws {
        guard reference != nil else {
            throw ValidationError(
                "expected instance/NAME, network/NAME or node/NAME, found \(Printable.escaped(object))")
        }
    }

    private var reference: (kind: Kind, name: Name)? {
        let parts = object.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if parts.count == 1 { return Name(object).map { (.instance, $0) } }
        let plural = parts[0].hasSuffix("s") ? String(parts[0].dropLast()) : parts[0]
        guard parts.count == 2, let kind = Kind(rawValue: plural), let name = Name(parts[1]) else { return nil }
        return (kind, name)
    }

    func run() async throws {
        try await run(in: .ofProcess(appearance))
    }

    /// Describes with the given outputs and fleet.
    func run(in context: RunContext) async throws {
        guard let (kind, name) = reference else { return }
        let cluster = try LoadedSpec.required(
            spec, context.appearance, reportsJSON: output == .json, in: context.surroundings
        ).cluster
        let inputs = await context.environment.resolver.resolution(of: cluster).inputs
        let planning = Planning(
            cluster, inputs: inputs, intent: .apply(deleteData: false),
            in: context.environment)
        let fleet = try await context.withFleet(cluster) { await Survey.forPlanning(planning, on: $0) }
        guard !Task.isCancelled else { throw ExitCode(.interrupted) }
        let describer = Describer(
            cluster: cluster, inputs: planning.inputs, fleet: fleet, plan: planning.plan(fleet).plan)
        let description: Description? =
            switch kind {
            case .instance: describer.instance(name)
            case .network: describer.network(name)
            case .node: describer.node(name)
            }
        guard let description else {
            let (reason, remedy) = Self.unknown(kind, name, in: cluster)
            try context.fail(reason, remedy: remedy)
        }
        switch output {
        case .text: context.surroundings.output(description.page.text(in: context.outputStyle))
        case .json: context.surroundings.output(description.value.json)
        case .yaml: context.surroundings.output(description.value.yaml)
        }
        if description.isUnknown { throw ExitCode(.nodeUnreachable) }
    }

    /// What to say of something that is not there.
    static func unknown(_ kind: Kind, _ name: Name, in cluster: Cluster) -> (reason: String, remedy: String) {
        let names: [Name]
        switch kind {
        case .instance:
            let unknown = UnknownInstance(name.text, in: cluster)
            return (unknown.reason, unknown.remedy)
        case .network: names = Array(cluster.networks.keys)
        case .node: names = Array(cluster.nodes.keys)
        }
        let remedy = Suggestions(names.map(\.text), noun: kind.rawValue).remedy(for: name.text)
        return ("there is no \(kind.rawValue) \(name)", remedy)
    }
}
