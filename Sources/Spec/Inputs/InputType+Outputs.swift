import YAML

extension InputType {
    /// The value that a text is which the spec does not have itself, such as what another role gives; nil where it is none.
    ///
    /// It is held to the type as if it were written in the spec, but for what is put in there: nothing is. What is several,
    /// or a secret, has no such text.
    package func value(of text: String) -> InputValue? {
        let style: Scalar.Style
        switch self {
        case .boolean, .port, .integer: style = .plain
        case .text, .address, .cidr, .size, .duration, .path, .url, .choice: style = .quoted
        case .secret, .members, .list, .map: return nil
        }
        guard InputLine.isOne(text) else { return nil }
        let context = DecodingContext(roles: RoleLanguages([]))
        context.putsInVariables = false
        let mark = Position(file: "", line: 1, column: 1)
        let node = YAML.Node(.scalar(Scalar(text, style: style)), at: mark)
        let value = Kind<InputValue>.input(self, isLiteral: true).read(node, "", context)
        return context.diagnostics.isEmpty ? value : nil
    }
}

/// Text that has to be one line, since who reads it takes line for line.
package enum InputLine {
    /// Of what a role gives, in bytes.
    package static let longestOutput = 8 << 10

    /// Whether nothing in a text ends a line, or a text, for whoever reads it.
    package static func isOne(_ text: some StringProtocol) -> Bool {
        !text.unicodeScalars.contains { $0 == "\n" || $0 == "\r" || $0 == "\0" }
    }
}

extension InputValue {
    /// Whether an item of a list or map has a line break: scripts get an item a line, so that it would be two.
    package var hasBrokenItem: Bool {
        switch self {
        case .list(let items): items.contains(where: \.isBroken)
        case .map(let entries): entries.contains { $0.value.isBroken || !InputLine.isOne($0.key) }
        case .text, .integer, .boolean, .secret, .members, .reference: false
        }
    }

    private var isBroken: Bool {
        if case .text(let text) = self { !InputLine.isOne(text) } else { false }
    }
}
