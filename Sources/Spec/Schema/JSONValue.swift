/// A JSON value to write down, its keys in the order given.
indirect enum JSONValue {
    case object([(key: String, value: JSONValue)])
    case array([JSONValue])
    case text(String)
    case integer(Int)
    case boolean(Bool)

    /// The value as indented JSON without a final line end.
    func text(indent: Int = 0) -> String {
        let inner = String(repeating: "  ", count: indent + 1)
        let outer = String(repeating: "  ", count: indent)
        switch self {
        case .object(let entries) where entries.isEmpty:
            return "{}"
        case .object(let entries):
            let lines = entries.map { "\(inner)\(JSONValue.quoted($0.key)): \($0.value.text(indent: indent + 1))" }
            return "{\n\(lines.joined(separator: ",\n"))\n\(outer)}"
        case .array(let items):
            let isShort = items.allSatisfy(\.isScalar)
            let texts = items.map { $0.text(indent: indent + 1) }
            if isShort { return "[\(texts.joined(separator: ", "))]" }
            return "[\n\(texts.map { inner + $0 }.joined(separator: ",\n"))\n\(outer)]"
        case .text(let text):
            return JSONValue.quoted(text)
        case .integer(let number):
            return String(number)
        case .boolean(let isTrue):
            return isTrue ? "true" : "false"
        }
    }

    private var isScalar: Bool {
        switch self {
        case .text, .integer, .boolean: true
        case .object, .array: false
        }
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 32:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
