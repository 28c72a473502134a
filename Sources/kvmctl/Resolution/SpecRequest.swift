/// Which files make up the spec of a run.
struct SpecRequest: Sendable, Hashable {
    /// Files, folders and `-`, as they were given.
    var files: [String]
    var isRecursive = false
    var variables: [String: String] = [:]
    var variableFiles: [String] = []
}
