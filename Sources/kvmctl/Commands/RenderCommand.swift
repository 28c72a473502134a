import ArgumentParser
import Engine
import Spec

/// `kvmctl render`.
struct RenderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Prints the effective spec, with variables, profiles, groups and members filled in.",
        discussion: """
            Secrets stay references. No node is contacted. The output can be passed to -f again and means the same; \
            its paths are relative to this folder. There is one document for each part: to use them, put each one \
            into a file of its own. Files that are only read through uses: are left out. JSON is for queries: \
            below cloudInit it cannot keep the spelling of numbers and words.

            Example:
              kvmctl render -f cluster.yaml --var size=large
            """)

    @OptionGroup var spec: SpecOptions
    @Option(name: .shortAndLong, help: ArgumentHelp("yaml or json.", valueName: "format"))
    var output: RenderView.Format = .yaml
    @OptionGroup var appearance: AppearanceOptions

    func run() async throws {
        try run(in: .ofProcess())
    }

    /// Renders with the given outputs and environment.
    func run(in surroundings: Surroundings) throws {
        let cluster = try LoadedSpec.required(
            spec, appearance, reportsJSON: output == .json, in: surroundings
        ).cluster
        surroundings.output(try RenderView(cluster: cluster).render(output))
    }
}

extension RenderView.Format: ExpressibleByArgument {}
