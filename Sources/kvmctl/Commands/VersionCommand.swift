import ArgumentParser
import Formats

/// `kvmctl version`.
struct VersionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Prints the version.",
        discussion: """
            Example:
              kvmctl version -o json
            """)

    /// Of the program; goes up with each release.
    static let version = "0.1.0"

    /// The version with that of the spec language.
    static let line = "kvmctl \(version) (spec kvmctl/v1)"

    @Option(name: .shortAndLong, help: ArgumentHelp("text or json.", valueName: "format"))
    var output: RunFormat = .text

    func run() async throws {
        Surroundings.ofProcess().output(VersionCommand.text(output))
    }

    /// The version in one of the formats, with the versions of what it reads and writes.
    static func text(_ format: RunFormat) -> String {
        switch format {
        case .text:
            line + "\n"
        case .json:
            ([
                "formatVersion": PlanDocument.formatVersion, "version": .text(version), "apiVersions": ["kvmctl/v1"],
            ] as StructuredValue).json
        }
    }
}
