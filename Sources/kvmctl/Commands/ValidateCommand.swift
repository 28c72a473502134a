import ArgumentParser
import Engine
import Formats
import Spec

/// `kvmctl validate`.
struct ValidateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "validate",
        abstract: "Checks a spec without contacting any node, and reports every problem at once.",
        discussion: """
            Files that the spec names are checked too: keys, certificates, cloud-init files. So is every role package \
            beside it. Warnings do not make a spec invalid. Exits with 3 if there is an error.

            Example:
              kvmctl validate -f cluster.yaml -f web.yaml
            """)

    @OptionGroup var spec: SpecOptions
    @Option(name: .shortAndLong, help: ArgumentHelp("text or json.", valueName: "format"))
    var output: RunFormat = .text
    @OptionGroup var appearance: AppearanceOptions

    func run() async throws {
        try run(in: .ofProcess())
    }

    /// Validates with the given outputs and environment.
    func run(in surroundings: Surroundings) throws {
        let spec = SpecReader.load(spec.request, home: surroundings.home)
        let files = spec.cluster.map { RunEnvironment(variables: surroundings.environment).resolver.localFiles(of: $0) }
        let loaded = spec.adding(spec.unusedPackages + (files?.diagnostics ?? []))
        let view = loaded.view
        switch output {
        case .text:
            surroundings.errorOutput(view.text(style: surroundings.errorStyle(refusesColour: appearance.refusesColour)))
            if let cluster = loaded.cluster { surroundings.output(ValidateCommand.success(cluster)) }
        case .json:
            surroundings.output(view.value.json)
        }
        if loaded.cluster == nil { throw ExitCode(.specInvalid) }
    }

    /// One line that says what there is, such as `ok: cluster demo, 2 nodes, 1 network, 3 instances`.
    static func success(_ cluster: Cluster) -> String {
        let managed = cluster.instances.values.count(where: \.isManaged)
        let counts = [
            (cluster.nodes.count, "node"), (cluster.networks.count, "network"), (cluster.images.count, "image"),
            (managed, "instance"),
        ]
        let phrases = counts.compactMap { DiagnosticsView.phrase($0.0, $0.1) }
        return "ok: " + (["cluster \(cluster.name)"] + phrases).joined(separator: ", ") + "\n"
    }
}
