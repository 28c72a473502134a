import Roles
import Spec
import Testing

/// One row of a table of runs: files by name, and everything that must be said.
struct FilesCase: Sendable, CustomTestStringConvertible {
    let name: String
    /// Name and text; names that start with `used/` are not given but can be used.
    let files: [(name: String, text: String)]
    let expected: [String]

    init(_ name: String, _ files: [(String, String)], gives expected: [String]) {
        self.name = name
        self.files = files.map { (name: $0.0, text: $0.1) }
        self.expected = expected
    }

    var testDescription: String { name }

    /// Loads the files, with variables.
    func load(variables: [String: String] = [:]) -> LoadResult {
        let sources = files.map { SpecSource(file: $0.name, text: $0.text) }
        return SpecLoader.load(
            sources: sources.filter { !$0.file.hasPrefix("used/") }, roles: Roles.languages, variables: variables
        ) { path in
            let found = sources.filter { $0.file == path || $0.file.hasPrefix(path + "/") }
            if found.isEmpty, path != "used/empty" { return .failed("there is no such file or folder") }
            return .found(found)
        }
    }
}
