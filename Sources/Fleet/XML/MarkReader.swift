import FoundationXML
import Spec

/// What is wrong with a mark, as words that follow "its mark".
struct MarkProblem: Error {
    let reason: String
}

/// Reads the attributes of one element of a mark, each with its reason where it is damaged.
struct MarkReader {
    private let element: XMLElement

    init(_ element: XMLElement) {
        self.element = element
    }

    /// Readers for the children with this name in the mark's own namespace, in order.
    func children(_ name: String) -> [MarkReader] {
        element.childElements.filter { $0.localName == name && $0.uri == MarkFormat.namespace }.map(MarkReader.init)
    }

    /// The text of an attribute; nil where it is not there.
    func optional(_ name: String) throws(MarkProblem) -> String? {
        guard let raw = element[name] else { return nil }
        guard let text = MarkText.unescaped(raw) else { throw wrong(name, raw, "has invalid escapes") }
        return text
    }

    /// The text of an attribute that must be there.
    func text(_ name: String) throws(MarkProblem) -> String {
        guard let text = try optional(name) else {
            throw MarkProblem(reason: "has no \"\(name)\" in its element \"\(element.localName ?? "")\"")
        }
        return text
    }

    /// An attribute that must be there, as what `parse` makes of it.
    func value<Value>(
        _ name: String, _ expectation: String, _ parse: (String) -> Value?
    ) throws(MarkProblem) -> Value {
        let text = try text(name)
        guard let value = parse(text) else { throw wrong(name, text, "is not a valid \(expectation)") }
        return value
    }

    /// An attribute that must be there and hold a name.
    func name(_ attribute: String) throws(MarkProblem) -> Name {
        try value(attribute, "name") { Name($0) }
    }

    /// An attribute that must be there and hold `yes` or `no`.
    func flag(_ attribute: String) throws(MarkProblem) -> Bool {
        try value(attribute, "yes-or-no value") { $0 == "yes" ? true : $0 == "no" ? false : nil }
    }

    private func wrong(_ name: String, _ text: String, _ what: String) -> MarkProblem {
        MarkProblem(reason: "has \(name)=\"\(MarkText.escaped(text))\", which \(what)")
    }
}
