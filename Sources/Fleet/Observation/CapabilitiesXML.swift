import FoundationXML
import Spec

/// What libvirt says of its host.
enum CapabilitiesXML {
    /// libvirt's identity of the machine; nil where it has none.
    static func hostUUID(_ text: String) throws(XMLReadingError) -> String? {
        try XMLElement.withRoot("capabilities", of: text, describing: "the host's capabilities") { root in
            root.child("host")?.child("uuid")?.stringValue
        }
    }

    /// The host's processors, by the word of `uname -m`.
    static func architecture(_ text: String) throws(XMLReadingError) -> String? {
        try XMLElement.withRoot("capabilities", of: text, describing: "the host's capabilities") { $0.hostArchitecture }
    }

    /// Whether guests with the host's processors run with KVM: libvirt tries it, while /dev/kvm may be there and not work.
    static func hasKVM(_ text: String) throws(XMLReadingError) -> Bool {
        try XMLElement.withRoot("capabilities", of: text, describing: "the host's capabilities") { root in
            root.guests(of: root.hostArchitecture).contains { architecture in
                architecture.childElements.contains { $0.name == "domain" && $0["type"] == "kvm" }
            }
        }
    }

    /// The machines that QEMU knows there for guests with the host's processors, with their other names.
    static func machines(_ text: String) throws(XMLReadingError) -> Set<String> {
        try XMLElement.withRoot("capabilities", of: text, describing: "the host's capabilities") { root in
            let machines = root.guests(of: root.hostArchitecture).flatMap { architecture in
                architecture.childElements + architecture.childElements.flatMap(\.childElements)
            }.filter { $0.name == "machine" }
            return Set(machines.flatMap { [$0.stringValue, $0["canonical"]] }.compactMap { $0 })
        }
    }

    /// The other processors that QEMU can emulate there.
    static func emulated(_ text: String) throws(XMLReadingError) -> Set<String> {
        try XMLElement.withRoot("capabilities", of: text, describing: "the host's capabilities") { root in
            Set(root.guests(of: nil).compactMap { $0["name"] }).subtracting([root.hostArchitecture])
        }
    }
}

extension XMLElement {
    /// Of a host that says nothing, what most have.
    fileprivate var hostArchitecture: String {
        descendant("host", "cpu")?.child("arch")?.stringValue ?? Architecture.x86_64.rawValue
    }

    /// What libvirt says of guests with such processors; of all where none are named.
    fileprivate func guests(of architecture: String?) -> [XMLElement] {
        childElements.filter { $0.name == "guest" }.compactMap { $0.child("arch") }
            .filter { architecture == nil || $0["name"] == architecture }
    }
}
