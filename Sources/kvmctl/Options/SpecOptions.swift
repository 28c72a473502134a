import ArgumentParser
import Engine

/// Which files make up the spec.
struct SpecOptions: ParsableArguments {
    @Option(
        name: [.customShort("f"), .customLong("file")],
        help: ArgumentHelp(
            "Spec files, folders of *.yaml and *.yml, or - for standard input; may be repeated.", valueName: "path"))
    var files: [String]

    @Flag(name: [.customShort("R"), .customLong("recursive")], help: "Read the subfolders of folders too.")
    var isRecursive = false

    @Option(
        name: .customLong("var"),
        help: ArgumentHelp("Set a variable, overriding the files; may be repeated.", valueName: "name=value"))
    var variables: [String] = []

    @Option(
        name: .customLong("var-file"),
        help: ArgumentHelp("A YAML file that maps variables to values; may be repeated.", valueName: "path"))
    var variableFiles: [String] = []

    func validate() throws {
        for variable in variables where (variable.firstIndex(of: "=") ?? variable.startIndex) == variable.startIndex {
            throw ValidationError("--var \(Printable.escaped(variable)): expected name=value")
        }
        if files.filter({ $0 == "-" }).count > 1 { throw ValidationError("-f - can be given only once") }
    }

    /// The same as a value.
    var request: SpecRequest {
        var values: [String: String] = [:]
        for variable in variables {
            guard let sign = variable.firstIndex(of: "=") else { continue }
            values[String(variable[..<sign])] = String(variable[variable.index(after: sign)...])
        }
        return SpecRequest(files: files, isRecursive: isRecursive, variables: values, variableFiles: variableFiles)
    }
}
