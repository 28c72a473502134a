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
            devices.firmware = [.bios]
            if os?.choices("firmware").contains("efi") ?? false {
                devices.firmware.insert(.uefi)
                if os?.child("loader")?.choices("secure").contains("yes") ?? false {
                    devices.firmware.insert(.secureUEFI)
                }
            }
            let all = root.child("devices")
            devices.hasTPM = all?.child("tpm")?.choices("backendModel").contains("emulator") ?? false
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
