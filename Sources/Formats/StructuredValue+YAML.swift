extension StructuredValue {
    /// The value as a YAML 1.2 document in block style.
    package var yaml: String {
        switch self {
        case .list(let items) where !items.isEmpty: yamlRows(indent: 0)
        case .object(let entries) where !entries.isEmpty: yamlRows(indent: 0)
        default: yamlScalar + "\n"
        }
    }

    /// The rows of a list or an object that has any.
    private func yamlRows(indent: Int) -> String {
        let margin = String(repeating: " ", count: indent)
        switch self {
        case .object(let entries):
            return entries.map { margin + StructuredValue.plainOrQuoted($0.key) + ":" + $0.value.yamlTail(indent) }
                .joined()
        case .list(let items):
            return items.map { item in
                // The first row of a nested block stands beside its dash.
                guard item.hasRows else { return "\(margin)- \(item.yamlScalar)\n" }
                return "\(margin)- " + String(item.yamlRows(indent: indent + 2).dropFirst(indent + 2))
            }.joined()
        default:
            return margin + yamlScalar + "\n"
        }
    }

    /// What follows a key's colon.
    private func yamlTail(_ indent: Int) -> String {
        hasRows ? "\n" + yamlRows(indent: indent + 2) : " \(yamlScalar)\n"
    }

    private var hasRows: Bool {
        switch self {
        case .list(let items): !items.isEmpty
        case .object(let entries): !entries.isEmpty
        default: false
        }
    }

    private var yamlScalar: String {
        switch self {
        case .list: "[]"
        case .object: "{}"
        case .text(let text): StructuredValue.plainOrQuoted(text)
        default: jsonLine
        }
    }

    /// Plain where no YAML reader could take it for anything else; in double quotes, as JSON has them, elsewhere.
    private static func plainOrQuoted(_ text: String) -> String { text.isPlainYAML ? text : quoted(text) }
}
