import ArgumentParser
import Spec

/// `kvmctl schema`.
struct SchemaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Prints the JSON Schema of spec files, for editors that complete and check YAML.",
        discussion: """
            Example:
              kvmctl schema > ~/.config/kvmctl/schema.json
            """)

    func run() async throws {
        Surroundings.ofProcess().output(jsonSchema())
    }
}
