import YAML

/// How one kind of value is read from a node and written to one, and how it is described to editors.
///
/// Everything that reads or writes values goes through one of these, so that each mistake is answered in the same words,
/// and neither the JSON Schema nor a rendered spec can say anything else than the decoder does.
package struct Kind<Value>: Sendable {
    /// What is expected, such as `a size such as 512MiB`.
    let expected: String
    let schema: Schema
    /// Reads the value; complains to the context and returns nil where it is wrong.
    let read: @Sendable (_ node: YAML.Node, _ path: String, _ context: DecodingContext) -> Value?
    /// Writes a value so that the same one is read from it again.
    let write: @Sendable (_ value: Value) -> YAML.Node
    /// The secrets that a value names.
    var secrets: @Sendable (_ value: Value) -> [FieldSecret] = { _ in [] }

    init(
        expected: String, schema: Schema, write: @escaping @Sendable (_ value: Value) -> YAML.Node,
        read: @escaping @Sendable (_ node: YAML.Node, _ path: String, _ context: DecodingContext) -> Value?
    ) {
        self.expected = expected
        self.schema = schema
        self.read = read
        self.write = write
    }
}

/// Why a text is not a value of its kind.
package struct Complaint: Error {
    /// Replaces "expected …, found …" where that would not say enough.
    package var message: String?
    package var remedy: String?

    package init(message: String? = nil, remedy: String? = nil) {
        self.message = message
        self.remedy = remedy
    }
}

extension Kind {
    /// A value that is written as text; `text` gives the text of a value.
    ///
    /// `parse` throws a complaint; without a message it becomes "expected …, found …". With `isAnyText`, a plain number is
    /// probably meant as text, and the remedy says to quote it.
    package static func parsed(
        _ expected: String, pattern: String? = nil, isAnyText: Bool = false,
        _ parse: @escaping @Sendable (String) throws(Complaint) -> Value,
        text: @escaping @Sendable (Value) -> String
    ) -> Kind {
        Kind(
            expected: expected, schema: .text(pattern: pattern), write: { .expandable(text($0)) }
        ) { node, path, context in
            guard let text = context.text(node, path: path, expected: expected, isAnyText: isAnyText) else {
                return nil
            }
            do throws(Complaint) {
                return try parse(text)
            } catch {
                context.error(
                    node.mark, "\(path): " + (error.message ?? "expected \(expected), found \(Found.quoted(text))"),
                    remedy: error.remedy)
                return nil
            }
        }
    }

    /// A value that is written as what it is called, which `parse` reads.
    package static func parsed(
        _ expected: String, pattern: String? = nil, isAnyText: Bool = false,
        _ parse: @escaping @Sendable (String) throws(Complaint) -> Value
    ) -> Kind where Value: CustomStringConvertible {
        parsed(expected, pattern: pattern, isAnyText: isAnyText, parse, text: \.description)
    }

    /// The same node read as this kind, and the value then made into another; `back` undoes it.
    func map<Other>(
        _ transform: @escaping @Sendable (Value) -> Other, back: @escaping @Sendable (Other) -> Value
    ) -> Kind<Other> {
        let (read, write) = (read, write)
        return Kind<Other>(expected: expected, schema: schema, write: { write(back($0)) }) { node, path, context in
            read(node, path, context).map(transform)
        }
    }
}

extension DecodingContext {
    /// The text that a node is; a plain number, boolean or null is no text.
    func text(_ node: YAML.Node, path: String, expected: String, isAnyText: Bool = false) -> String? {
        switch node.content {
        case .invalid:
            return nil
        case .scalar(let scalar):
            guard let expanded = expand(scalar, at: node.mark) else { return nil }
            if expanded.usesVariables { return expanded.scalar.text }
            if case .text(let text) = scalar.value { return text }
            mismatch(
                node, path: path, expected: expected,
                remedy: DecodingContext.remedy(for: scalar, expected, isAnyText: isAnyText))
            return nil
        case .sequence, .mapping:
            mismatch(node, path: path, expected: expected)
            return nil
        }
    }

    /// What to do about a plain number, boolean or null where text of some kind is expected.
    private static func remedy(for scalar: Scalar, _ expected: String, isAnyText: Bool) -> String? {
        guard !scalar.text.isEmpty else { return nil }
        if isAnyText { return "quote it: '\(scalar.text)'" }
        switch expected {
        case Kind<String>.text.expected, Kind<Name>.name.expected:
            return "quote it: '\(scalar.text)'"
        case Kind<Size>.memory.expected: return "add a unit, such as MiB or GiB"
        case Kind<Duration>.duration.expected: return "add a unit, such as s or m"
        default: return nil
        }
    }
}
