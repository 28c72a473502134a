import FoundationXML

/// A mark as elements and attributes, before it becomes XML.
struct MarkRecord {
    /// A name and its text, not escaped yet; nil leaves the attribute out.
    typealias Attribute = (name: String, value: String?)

    var attributes: [Attribute]
    var children: [(element: String, attributes: [Attribute])] = []

    /// The element with its namespace, as it stands in the XML of a domain or network.
    var qualified: XMLElement {
        let mark = element(prefix: MarkFormat.prefix + ":")
        if let uri = XMLNode.namespace(withName: MarkFormat.prefix, stringValue: MarkFormat.namespace) as? XMLNode {
            mark.addNamespace(uri)
        }
        return mark
    }

    /// The element as text without a namespace: libvirt's calls for metadata take the namespace by itself.
    var bareText: String { element(prefix: "").compactText }

    private func element(prefix: String) -> XMLElement {
        let mark = XMLElement(name: prefix + MarkFormat.element)
        MarkRecord.add(attributes, to: mark)
        for child in children {
            let element = XMLElement(name: prefix + child.element)
            MarkRecord.add(child.attributes, to: element)
            mark.addChild(element)
        }
        return mark
    }

    private static func add(_ attributes: [Attribute], to element: XMLElement) {
        for case (let name, let value?) in attributes { element.set(name, to: MarkText.escaped(value)) }
    }
}
