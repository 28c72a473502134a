import YAML

/// Says in words what stands somewhere.
package enum Found {
    /// For the end of "expected …, found …".
    static func describe(_ node: YAML.Node) -> String {
        switch node.content {
        case .sequence: "a list"
        case .mapping: "a map"
        case .invalid: "something invalid"
        case .scalar(let scalar): describe(scalar)
        }
    }

    /// For the end of "expected …, found …".
    static func describe(_ scalar: Scalar) -> String {
        switch scalar.value {
        case .null: scalar.text.isEmpty ? "nothing" : "null"
        case .bool: "the boolean \(scalar.text)"
        case .int, .float: "the number \(shortened(scalar.text))"
        case .text(let text): text.isEmpty ? "empty text" : quoted(text)
        }
    }

    /// Text in quotes, short and on one line whatever it holds.
    package static func quoted(_ text: String) -> String {
        "\"\(shortened(text))\""
    }

    /// Text that cannot spoil a message: at most 60 characters, control characters escaped.
    static func shortened(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars.prefix(60) {
            shown += scalar.properties.generalCategory == .control ? scalar.escaped(asASCII: false) : String(scalar)
        }
        return text.unicodeScalars.count > 60 ? shown + "…" : shown
    }
}
