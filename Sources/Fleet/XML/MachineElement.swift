import FoundationXML
import Reconciler
import Spec

/// What of a domain's XML is a field of the machine: how it is read, and how it is edited.
struct MachineElement: Sendable {
    /// The field's path in the spec.
    let path: String
    /// The value; nil where the definition leaves it to the node.
    let read: @Sendable (_ domain: XMLElement) -> String?
    /// Sets the value, or the default where there is none; what else the elements say stays.
    let write: @Sendable (_ domain: XMLElement, _ value: String?) -> Void

    init(
        _ field: InstanceField, read: @escaping @Sendable (XMLElement) -> String?,
        write: @escaping @Sendable (XMLElement, String?) -> Void
    ) {
        path = field.path
        self.read = read
        self.write = write
    }

    /// One for each field whose value the definition has as a text.
    static let all = [cpu, nested, machine, firmware, tpm, graphics, video, random] + rootDisk

    /// The fields that a domain's XML names, by path.
    static func values(of domain: XMLElement) -> [String: String] {
        var values: [String: String] = [:]
        for element in all { values[element.path] = element.read(domain) }
        return values
    }
}
