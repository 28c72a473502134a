import Foundation
import FoundationXML
import Spec

/// How kvmctl reads XML: by element and attribute, without paths as text.
extension XMLElement {
    /// Reads a text and gives its root element to `body`.
    ///
    /// The element must not escape: the document that owns its memory ends with the call. The library reads on after
    /// an error and leaves out what it does not understand, crashes on no text at all, and lets a document type fetch
    /// files. So the text must start and end with the root's own tags: what was cut off, or starts otherwise, is refused.
    /// - Parameter what: what the text describes, for the error.
    static func withRoot<Result>(
        _ name: String, of text: String, describing what: String,
        _ body: (XMLElement) throws(XMLReadingError) -> Result
    ) throws(XMLReadingError) -> Result {
        guard isWhole(text, root: name) else {
            throw XMLReadingError("the XML of \(what) does not start and end with the tags of <\(name)>")
        }
        let document: XMLDocument
        do {
            document = try XMLDocument(xmlString: text, options: [])
        } catch {
            throw XMLReadingError("the XML of \(what) cannot be read: \(error)")
        }
        guard let root = document.rootElement(), root.name == name else {
            throw XMLReadingError("the XML of \(what) contains no <\(name)>")
        }
        defer { withExtendedLifetime(document) {} }
        return try body(root)
    }

    private static func isWhole(_ text: String, root: String) -> Bool {
        let start = text.utf8.drop { isSpace($0) }
        guard start.starts(with: "<\(root)".utf8) else { return false }
        guard let next = start.dropFirst(root.utf8.count + 1).first, isSpace(next) || next == UInt8(ascii: ">") else {
            return false
        }
        return text.utf8.reversed().drop { isSpace($0) }.starts(with: "</\(root)>".utf8.reversed())
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\t")
            || byte == UInt8(ascii: "\r")
    }

    /// The elements among the children, in order.
    var childElements: [XMLElement] { (children ?? []).compactMap { $0 as? XMLElement } }

    /// The first child element of this name.
    func child(_ name: String) -> XMLElement? {
        childElements.first { $0.name == name }
    }

    /// The element at the end of a path of child elements.
    func descendant(_ names: String...) -> XMLElement? {
        var element: XMLElement? = self
        for name in names { element = element?.child(name) }
        return element
    }

    /// An attribute's text.
    subscript(_ attribute: String) -> String? {
        self.attribute(forName: attribute)?.stringValue
    }

    /// The text as an amount of bytes, by the `unit` attribute; nil where it is none.
    ///
    /// - Parameter unit: what libvirt means where the attribute is missing.
    func size(defaultUnit unit: String) -> Size? {
        guard let text = stringValue, let count = UInt64(text) else { return nil }
        guard let scale = XMLElement.units[self["unit"] ?? unit] else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: scale)
        return overflow ? nil : Size(bytes: bytes)
    }

    /// libvirt's names for units; `KB` and the like are powers of 1000, a bare letter is a power of 1024.
    private static let units: [String: UInt64] = [
        "b": 1, "bytes": 1,
        "KB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000, "TB": 1_000_000_000_000,
        "k": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40,
        "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40,
    ]
}
