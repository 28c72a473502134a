import ArgumentParser
import Roles
import Spec

/// `kvmctl schema`.
struct SchemaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Prints the spec language: a JSON Schema for editors, or a reference to read.",
        discussion: """
            Examples:
              kvmctl schema > ~/.config/kvmctl/schema.json
              kvmctl schema --format markdown | less
            """)

    /// How the language is described.
    enum Format: String, Sendable, CaseIterable, ExpressibleByArgument {
        case json, markdown
    }

    @Option(help: ArgumentHelp("json for the JSON Schema, markdown for the reference.", valueName: "format"))
    var format: Format = .json

    func run() async throws {
        let text =
            switch format {
            case .json: jsonSchema(Roles.languages)
            case .markdown: specReference(Roles.languages)
            }
        Surroundings.ofProcess().output(text)
    }
}
