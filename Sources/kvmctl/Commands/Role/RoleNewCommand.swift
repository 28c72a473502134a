import ArgumentParser
import Engine
import Spec

/// `kvmctl role new`.
struct RoleNewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new",
        abstract: "Makes a role package to begin with, in roles/NAME.",
        discussion: """
            It can be applied as it is, and its role.yaml says what else can be there.

            Example: kvmctl role new cache
            """)

    @Argument(help: "The package's name, which is also the word for it in a spec.")
    var name: String
    @OptionGroup var place: RolesFolderOptions
    @OptionGroup var appearance: AppearanceOptions

    func run() async throws {
        try await run(in: .ofProcess(appearance))
    }

    /// Makes it, and says so with the given outputs.
    func run(in context: RunContext) async throws {
        let home = context.surroundings.home
        let package = try await context.reporting { () async throws(RunFailure) -> NewPackage in
            let package = try NewPackage(name, beside: place.folder)
            try package.make(home: home)
            return package
        }
        let files = package.files.keys.sorted().joined(separator: ", ")
        context.surroundings.output("made \(package.folder) with \(files)\n")
        if package.hidesShipped {
            context.say(Line("It takes the place of the package of this name that came with kvmctl.", indent: 0))
        }
        context.say(Line("Edit its role.yaml, then: kvmctl role readme \(name)", indent: 0))
    }
}
