extension StructuredValue {
    /// The value as indented JSON, ended by a line break.
    package var json: String { indentedJSON() + "\n" }

    /// The value as indented JSON for people to read, a list of scalars on one line, ended by a line break.
    package var compactJSON: String { indentedJSON(hasShortLists: true) + "\n" }

    /// The value as JSON on one line, without a line break.
    package var jsonLine: String {
        switch self {
        case .null: "null"
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let value): value.isFinite ? "\(value)" : "null"
        case .text(let text): StructuredValue.quoted(text)
        case .list(let items): "[" + items.map(\.jsonLine).joined(separator: ",") + "]"
        case .object(let entries):
            "{" + entries.map { "\(StructuredValue.quoted($0.key)):\($0.value.jsonLine)" }.joined(separator: ",") + "}"
        }
    }

    private func indentedJSON(indent: Int = 0, hasShortLists: Bool = false) -> String {
        let outer = String(repeating: " ", count: indent)
        let inner = outer + "  "
        func text(_ value: StructuredValue) -> String {
            value.indentedJSON(indent: indent + 2, hasShortLists: hasShortLists)
        }
        switch self {
        case .list(let items) where hasShortLists && items.allSatisfy(\.isScalar):
            return "[" + items.map(\.jsonLine).joined(separator: ", ") + "]"
        case .list(let items) where !items.isEmpty:
            return "[\n" + items.map { inner + text($0) }.joined(separator: ",\n") + "\n\(outer)]"
        case .object(let entries) where !entries.isEmpty:
            let rows = entries.map { "\(inner)\(StructuredValue.quoted($0.key)): \(text($0.value))" }
            return "{\n" + rows.joined(separator: ",\n") + "\n\(outer)}"
        default:
            return jsonLine
        }
    }

    private var isScalar: Bool {
        switch self {
        case .list, .object: false
        default: true
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
            case let scalar where scalar.isUnprintable:
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
