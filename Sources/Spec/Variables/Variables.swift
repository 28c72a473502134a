import YAML

/// The variables of a run: what the files declare, and what the command line says instead.
struct Variables {
    /// What `${name}` stands for.
    private(set) var values: [String: String] = [:]
    private var places: [String: Position] = [:]
    private let overridden: Set<String>

    /// Starts with what was given on the command line, which wins over the files.
    init(overrides: [String: String]) {
        values = overrides
        overridden = Set(overrides.keys)
    }

    /// Adds the `vars:` of a file; a name declared twice is complained about.
    mutating func declare(_ node: YAML.Node, context: DecodingContext) {
        guard let mapping = context.mapping(node, path: "vars") else { return }
        for entry in mapping.entries {
            guard VariableText.isName(entry.key) else {
                context.error(
                    entry.keyMark, "\"\(entry.key)\" is not a variable name",
                    remedy: "use letters, digits, _ and -, starting with a letter")
                continue
            }
            if let first = places[entry.key] {
                context.error(
                    entry.keyMark, "the variable \"\(entry.key)\" is defined twice",
                    related: .init("first defined", at: first))
                continue
            }
            places[entry.key] = entry.keyMark
            guard let value = Variables.value(of: entry, context: context) else { continue }
            if !overridden.contains(entry.key) { values[entry.key] = value }
        }
    }

    /// The text of one variable; numbers and booleans are taken as they are written.
    static func value(of entry: Mapping.Entry, context: DecodingContext) -> String? {
        switch entry.value.content {
        case .invalid:
            return nil
        case .scalar(let scalar) where scalar.value != .null:
            guard !scalar.text.contains("${") else {
                context.error(entry.value.mark, "vars.\(entry.key): a variable's value cannot use other variables")
                return nil
            }
            return scalar.text
        default:
            context.error(
                entry.value.mark, "vars.\(entry.key): expected text, found \(Found.describe(entry.value))",
                remedy: entry.value.isNull ? "write '' for empty text" : nil)
            return nil
        }
    }
}
