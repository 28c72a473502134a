import FoundationXML
import Reconciler
import Spec

extension NodeDevices {
    /// Reads the XML of what domains can have on a node.
    init(capabilities xml: String, machines: Set<String>) throws(XMLReadingError) {
        self.init()
        self.machines = machines
        let found = try XMLElement.withRoot("domainCapabilities", of: xml, describing: "the domain capabilities") {
            root -> NodeDevices in
            var devices = NodeDevices()
            let os = root.child("os")
            let all = root.child("devices")
            // Older versions of libvirt say nothing of firmware, or of TPMs.
            if let os, os.childElements.contains(where: { $0.name == "enum" && $0["name"] == "firmware" }) {
                let hasUEFI = os.choices("firmware").contains("efi")
                let isSecure = os.child("loader")?.choices("secure").contains("yes") ?? false
                devices.firmware = !hasUEFI ? [.bios] : isSecure ? [.bios, .uefi, .secureUEFI] : [.bios, .uefi]
            }
            devices.hasTPM = all?.child("tpm")?.choices("backendModel").contains("emulator")
            devices.videos = all?.child("video")?.choices("modelType") ?? []
            devices.screens = all?.child("graphics")?.choices("type") ?? []
            return devices
        }
        (firmware, hasTPM, videos, screens) = (found.firmware, found.hasTPM, found.videos, found.screens)
    }
}

extension XMLElement {
    /// The values of an enumeration; empty where the whole is not supported.
    fileprivate func choices(_ name: String) -> Set<String> {
        guard self["supported"] != "no" else { return [] }
        let values = childElements.filter { $0.name == "enum" && $0["name"] == name }.flatMap(\.childElements)
        return Set(values.compactMap(\.stringValue))
    }
}
