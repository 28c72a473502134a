import FoundationXML

/// How kvmctl writes XML: elements made of values, escaped by the library and never by hand.
extension XMLElement {
    /// An element with its attributes in this order, and children; an attribute whose value is nil is left out.
    convenience init(
        _ name: String, _ attributes: KeyValuePairs<String, String?> = [:], _ children: [XMLElement] = []
    ) {
        self.init(name: name)
        for (key, value) in attributes {
            guard let value else { continue }
            set(key, to: value)
        }
        for child in children { addChild(child) }
    }

    /// An element that holds text.
    convenience init(_ name: String, _ attributes: KeyValuePairs<String, String?> = [:], text: String) {
        self.init(name, attributes)
        if let node = XMLNode.text(withStringValue: text) as? XMLNode { addChild(node) }
    }

    /// Sets an attribute to a text that is not escaped yet.
    func set(_ key: String, to value: String) {
        if let attribute = XMLNode.attribute(withName: key, stringValue: value) as? XMLNode { addAttribute(attribute) }
    }

    /// The first child element of this name, which is made where there is none.
    func ensureChild(_ name: String) -> XMLElement {
        if let child = child(name) { return child }
        let child = XMLElement(name: name)
        addChild(child)
        return child
    }

    /// The element as text in one line.
    var compactText: String { xmlString(options: .nodeCompactEmptyElement) }

    /// The element as indented text.
    var indentedText: String { xmlString(options: [.nodePrettyPrint, .nodeCompactEmptyElement]) }
}
