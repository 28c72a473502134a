import FoundationXML

/// What libvirt says of its host.
enum CapabilitiesXML {
    /// libvirt's identity of the machine; nil where it has none.
    static func hostUUID(_ text: String) throws(XMLReadingError) -> String? {
        try XMLElement.withRoot("capabilities", of: text, describing: "the host's capabilities") { root in
            root.child("host")?.child("uuid")?.stringValue
        }
    }

    /// Whether x86_64 guests run with KVM: libvirt tries it, while /dev/kvm may be there and not work.
    static func hasKVM(_ text: String) throws(XMLReadingError) -> Bool {
        try XMLElement.withRoot("capabilities", of: text, describing: "the host's capabilities") { root in
            root.childElements.filter { $0.name == "guest" }.compactMap { $0.child("arch") }.contains { architecture in
                architecture["name"] == "x86_64"
                    && architecture.childElements.contains { $0.name == "domain" && $0["type"] == "kvm" }
            }
        }
    }

    /// The machines that QEMU knows there for x86_64 guests, with their other names.
    static func machines(_ text: String) throws(XMLReadingError) -> Set<String> {
        try XMLElement.withRoot("capabilities", of: text, describing: "the host's capabilities") { root in
            let guests = root.childElements.filter { $0.name == "guest" }.compactMap { $0.child("arch") }
            let machines = guests.filter { $0["name"] == "x86_64" }.flatMap { architecture in
                architecture.childElements + architecture.childElements.flatMap(\.childElements)
            }.filter { $0.name == "machine" }
            return Set(machines.flatMap { [$0.stringValue, $0["canonical"]] }.compactMap { $0 })
        }
    }
}
