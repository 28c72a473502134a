/// Which files make up the spec of a run.
package struct SpecRequest: Sendable, Hashable {
    /// Files, folders and `-`, as they were given.
    package var files: [String]
    package var isRecursive: Bool
    package var variables: [String: String]
    package var variableFiles: [String]

    package init(
        files: [String], isRecursive: Bool = false, variables: [String: String] = [:], variableFiles: [String] = []
    ) {
        self.files = files
        self.isRecursive = isRecursive
        self.variables = variables
        self.variableFiles = variableFiles
    }
}
