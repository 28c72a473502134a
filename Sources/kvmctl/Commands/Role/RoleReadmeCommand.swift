import ArgumentParser
import Engine
import Spec

/// `kvmctl role readme`.
struct RoleReadmeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "readme",
        abstract: "Makes the README.md of packages in roles/ say what their role.yaml does.",
        discussion: """
            Only the part between its two marks is made: inputs, outputs, and what the package has in a guest. The rest \
            is yours.

            Examples:
              kvmctl role readme
              kvmctl role readme cache --check
            """)

    @Argument(help: "A package in roles/; without one, all of them.")
    var name: String?
    @Flag(name: .customLong("check"), help: "Write nothing, and exit with 1 where something would be written.")
    var onlyChecks = false
    @OptionGroup var place: RolesFolderOptions
    @OptionGroup var appearance: AppearanceOptions

    func run() async throws {
        try await run(in: .ofProcess(appearance))
    }

    /// Makes them, and says so with the given outputs.
    func run(in context: RunContext) async throws {
        let home = context.surroundings.home
        let written = try await context.reporting { () async throws(RunFailure) -> [String] in
            let shelf = try PackageShelf(beside: place.folder, home: home)
            var written: [String] = []
            for source in try shelf.own(named: name) {
                let isNew = try shelf.renewReadme(of: source, home: home, onlyChecking: onlyChecks)
                if isNew { written.append("\(source.folder)/\(PackageSource.readme)") }
            }
            return written
        }
        for file in written {
            context.surroundings.output(onlyChecks ? "\(file) is not up to date\n" : "wrote \(file)\n")
        }
        if written.isEmpty { context.say(Line("Everything is up to date.", indent: 0)) }
        guard written.isEmpty || !onlyChecks else { throw ExitCode(.failed) }
    }
}
