import ArgumentParser
import Engine
import Spec

/// `kvmctl render`.
struct RenderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render",
        abstract: "Prints the effective spec: variables, profiles, groups and members put in.",
        discussion: """
            Secrets stay references. Nothing is contacted. What is rendered can be given to -f again and means the same; \
            paths in it are as this folder sees them. There is a document for each part: they make a spec when each is \
            put into a file of its own. What is only read through uses: stays where it is. JSON is for looking things up: \
            below cloudInit it cannot keep how a number or a word was written.

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
