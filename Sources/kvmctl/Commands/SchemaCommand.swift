import ArgumentParser
import Engine
import Roles
import Spec

/// `kvmctl schema`.
struct SchemaCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Prints the spec language: a JSON Schema for editors, or a reference to read.",
        discussion: """
            The role packages beside a spec are part of its language: -f adds them. Exits with 3 if a file cannot be read.

            Examples:
              kvmctl schema > ~/.config/kvmctl/schema.json
              kvmctl schema --format markdown | less
              kvmctl schema -f cluster.yaml > schema.json
            """)

    /// How the language is described.
    enum Format: String, Sendable, CaseIterable, ExpressibleByArgument {
        case json, markdown
    }

    @Option(help: ArgumentHelp("json for the JSON Schema, markdown for the reference.", valueName: "format"))
    var format: Format = .json
    @OptionGroup var appearance: AppearanceOptions

    @Option(
        name: [.customShort("f"), .customLong("file")],
        help: ArgumentHelp(
            "Add the role packages beside these spec files and folders; may be repeated.", valueName: "path"))
    var files: [String] = []

    func run() async throws {
        try run(in: .ofProcess())
    }

    /// Prints with the given outputs and environment.
    func run(in surroundings: Surroundings) throws {
        let roles = try files.isEmpty ? Roles.languages : languages(in: surroundings)
        let text =
            switch format {
            case .json: jsonSchema(roles)
            case .markdown: specReference(roles)
            }
        surroundings.output(text)
    }

    /// The kinds of roles with the packages beside the files, whatever else is wrong with those.
    ///
    /// - Throws: exit code 3 where a file cannot be read.
    private func languages(in surroundings: Surroundings) throws -> RoleLanguages {
        var spec = SpecReader.load(SpecRequest(files: files), home: surroundings.home)
        let roles = spec.roles
        if let roles { spec.diagnostics = roles.catalogue.diagnostics.map(\.warning) }
        surroundings.errorOutput(
            spec.view.text(style: surroundings.errorStyle(refusesColour: appearance.refusesColour)))
        guard let roles else { throw ExitCode(.specInvalid) }
        return roles
    }
}
