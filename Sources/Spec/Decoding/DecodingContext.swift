import YAML

/// What decoding needs and gathers: the variables, every complaint so far, and where each field was written.
///
/// A reference, because every decoder adds to the same list; it never leaves the call that made it.
final class DecodingContext {
    /// Every complaint so far, in no particular order.
    private(set) var diagnostics: [Diagnostic] = []
    var variables = Variables(overrides: [:])
    /// Whether `${…}` is put in; what a package writes is for its guest's shell.
    var putsInVariables = true
    /// Whether what is read is only a part, so that nothing is missing from it.
    var acceptsMissing = false
    /// Whether a file could not be read: what it defines is then unknown, and nothing is said to be missing.
    var isIncomplete = false
    /// Whether what is being read may be a secret: then no message repeats it, and no line with it is to be shown.
    private(set) var isConfidential = false
    /// How the value is written that is being read, and where it stands.
    var example: (path: String, text: String)?
    private var recorded: [String: Position] = [:]
    /// Reads a file of user-data, by its path as the current folder sees it.
    private let userData: (String) -> UserDataSource
    /// Reads what `provision:` names.
    let provision: (ProvisionPart) -> ProvisionSource
    var knownProvision: [ProvisionPart: ProvisionSource] = [:]
    /// The kinds of roles that may be used, and the packages.
    var roles: RoleLanguages
    private var knownUserData: [String: Mapping] = [:]

    init(
        roles: RoleLanguages,
        userData: @escaping (String) -> UserDataSource = { _ in .failed("no file can be read here") },
        provision: @escaping (ProvisionPart) -> ProvisionSource = { _ in .failed("no file can be read here") }
    ) {
        self.roles = roles
        self.userData = userData
        self.provision = provision
    }

    /// The keys of a file of user-data; complains where it is none, once.
    func userData(in path: String, named mark: Position) -> Mapping? {
        if let known = knownUserData[path] { return known }
        switch userData(path) {
        case .failed(let reason):
            error(mark, "cloudInit.file: \(Found.shortened(path)) cannot be used: \(reason)")
            return nil
        case .found(let source):
            let found = UserDataFile.keys(of: source, named: mark, context: self)
            knownUserData[path] = found
            return found
        }
    }

    /// Adds an error.
    func error(_ mark: Position, _ message: String, remedy: String? = nil, related: Diagnostic.Related? = nil) {
        add(
            Diagnostic(
                at: mark, message, remedy: remedy, related: related, isConfidential: isConfidential))
    }

    /// Adds a diagnostic.
    func add(_ diagnostic: Diagnostic) {
        diagnostics.append(diagnostic)
    }

    /// Remembers where a field was written that could be read.
    func record(_ path: String, at mark: Position) {
        recorded[path] = mark
    }

    /// Runs the decoding of one thing and returns, beside its value, the places of its fields.
    func recording<Value>(_ body: () -> Value) -> (value: Value, positions: [String: Position]) {
        let outer = recorded
        recorded = [:]
        defer { recorded = outer }
        let value = body()
        return (value, recorded)
    }

    /// Reads something that may be a secret.
    func confidentially<Value>(_ body: () -> Value) -> Value {
        let outer = isConfidential
        isConfidential = true
        defer { isConfidential = outer }
        return body()
    }

    /// The map that a node is; complains where it is none.
    func mapping(
        _ node: YAML.Node, path: String, expected: String = "a map", remedy: String? = nil
    ) -> Mapping? {
        switch node.content {
        case .mapping(let mapping): return mapping
        case .invalid: return nil
        case .scalar, .sequence:
            let example = example.flatMap { $0.path == path ? "write for example \($0.text)" : nil }
            mismatch(node, path: path, expected: expected, remedy: remedy ?? example)
            return nil
        }
    }

    /// Complains that something else was expected.
    func mismatch(_ node: YAML.Node, path: String, expected: String, remedy: String? = nil) {
        error(node.mark, "\(path): expected \(expected), found \(Found.describe(node))", remedy: remedy)
    }
}
