extension StructuredValue {
    /// The value as indented JSON, ended by a line break.
    var json: String { json(indent: 0) + "\n" }

    /// The value as JSON on one line, without a line break.
    var jsonLine: String {
        switch self {
        case .list(let items): "[" + items.map(\.jsonLine).joined(separator: ",") + "]"
        case .object(let entries):
            "{" + entries.map { "\(StructuredValue.quoted($0.key)):\($0.value.jsonLine)" }.joined(separator: ",") + "}"
        default: scalarJSON
        }
    }

    private func json(indent: Int) -> String {
        let outer = String(repeating: " ", count: indent)
        let inner = outer + "  "
        switch self {
        case .list(let items) where !items.isEmpty:
            let rows = items.map { inner + $0.json(indent: indent + 2) }
            return "[\n" + rows.joined(separator: ",\n") + "\n\(outer)]"
        case .object(let entries) where !entries.isEmpty:
            let rows = entries.map { "\(inner)\(StructuredValue.quoted($0.key)): \($0.value.json(indent: indent + 2))" }
            return "{\n" + rows.joined(separator: ",\n") + "\n\(outer)}"
        default:
            return jsonLine
        }
    }

    /// Anything but a list or an object.
    private var scalarJSON: String {
        switch self {
        case .null, .list, .object: "null"
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let value): value.isFinite ? "\(value)" : "null"
        case .text(let text): StructuredValue.quoted(text)
        }
    }

    /// The text in double quotes, with everything that a terminal would act on escaped as well.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case let scalar where Printable.isUnsafe(scalar):
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
