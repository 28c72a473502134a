import ArgumentParser
import Engine

/// Beside which specs role packages are looked for.
struct PackageOptions: ParsableArguments {
    @Option(
        name: [.customShort("f"), .customLong("file")],
        help: ArgumentHelp(
            "The spec files and folders that the packages are beside (default: the current folder); may be repeated.",
            valueName: "path"))
    var files: [String] = []

    /// The packages there are.
    ///
    /// - Throws: the exit code, after saying why they cannot be read.
    func shelf(in context: RunContext) async throws -> PackageShelf {
        let home = context.surroundings.home
        return try await context.reporting { () async throws(RunFailure) -> PackageShelf in
            guard files.isEmpty else { return try PackageShelf(besideFiles: files, home: home) }
            return try PackageShelf(beside: ".", home: home)
        }
    }
}
