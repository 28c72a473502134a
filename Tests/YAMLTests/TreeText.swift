import YAML

/// A tree as one line of text, so that a test can show the whole of what it expects.
///
/// Plain scalars stand as what they mean, quoted ones in double quotes, block ones after `|`; `mark` adds line:column.
struct TreeText {
    var showsMarks = false

    func text(of node: Node) -> String {
        place(node.mark) + body(of: node)
    }

    private func place(_ mark: Position) -> String {
        showsMarks ? "\(mark.line):\(mark.column) " : ""
    }

    private func body(of node: Node) -> String {
        switch node.content {
        case .invalid: "INVALID"
        case .scalar(let scalar): text(of: scalar)
        case .sequence(let items): "[" + items.map(text(of:)).joined(separator: ", ") + "]"
        case .mapping(let mapping):
            "{" + mapping.entries.map { place($0.keyMark) + "\($0.key): " + text(of: $0.value) }.joined(separator: ", ")
                + "}"
        }
    }

    private func text(of scalar: Scalar) -> String {
        switch (scalar.style, scalar.value) {
        case (.quoted, _): "\"" + escaped(scalar.text) + "\""
        case (.block, _): "|" + escaped(scalar.text)
        case (.plain, .null): "null"
        case (.plain, .bool(let value)): "bool(\(value))"
        case (.plain, .int(let value)): "int(\(value))"
        case (.plain, .float(let value)): "float(\(value))"
        case (.plain, .text(let value)): escaped(value)
        }
    }

    private func escaped(_ text: String) -> String {
        text.replacing("\n", with: "\\n").replacing("\t", with: "\\t")
    }
}
