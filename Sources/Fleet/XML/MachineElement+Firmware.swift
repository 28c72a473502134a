import FoundationXML
import Reconciler
import Spec

extension MachineElement {
    static let machine = MachineElement(
        .machine, read: { $0.descendant("os", "type")?["machine"] },
        write: { domain, version in
            guard let type = domain.descendant("os", "type") else { return }
            type.removeAttribute(forName: "machine")
            // Where no version is named, libvirt writes the newest of its node.
            type.set("machine", to: version ?? domain.architecture.machine.name)
        })

    static let firmware = MachineElement(
        .firmware, read: { $0.firmware?.rawValue },
        write: { $0.set(firmware: $1.flatMap { Hardware.Firmware(rawValue: $0) } ?? .bios) })

    static let tpm = MachineElement(
        .tpm, read: { "\(!$0.emulatedTPMs.isEmpty)" },
        write: { domain, value in
            let old = domain.emulatedTPMs
            guard value == "true" else { return old.forEach { $0.detach() } }
            guard old.isEmpty else { return }
            let backend = XMLElement("backend", ["type": "emulator", "version": "2.0"])
            domain.child("devices")?.addChild(
                XMLElement("tpm", ["model": domain.architecture == .x86_64 ? "tpm-crb" : "tpm-tis"], [backend]))
        })
}

extension XMLElement {
    fileprivate var emulatedTPMs: [XMLElement] {
        devices("tpm").filter { $0.child("backend")?["type"] == "emulator" }
    }

    /// A definition says what libvirt is to look for, and what runs has what it found.
    fileprivate var firmware: Hardware.Firmware? {
        guard let os = child("os") else { return nil }
        let loader = os.child("loader")
        if os["firmware"] == "efi" {
            let features = os.child("firmware")?.childElements ?? []
            let secure = features.first { $0.name == "feature" && $0["name"] == "secure-boot" }
            return secure?["enabled"] == "no" ? .uefi : .secureUEFI
        }
        guard loader?["type"] == "pflash" || os.child("nvram") != nil else { return .bios }
        return loader?["secure"] == "yes" ? .secureUEFI : .uefi
    }

    /// - Parameter firmware: libvirt takes Secure Boot with Microsoft's keys where nothing forbids it.
    fileprivate func set(firmware: Hardware.Firmware) {
        guard let os = child("os"), self.firmware != firmware else { return }
        os.removeAttribute(forName: "firmware")
        for name in ["firmware", "loader", "nvram"] { os.child(name)?.detach() }
        // Secure Boot stands on it, and nothing else does.
        child("features")?.child("smm")?.detach()
        guard firmware.hasVariables else { return }
        os.set("firmware", to: "efi")
        let isSecure = firmware == .secureUEFI ? "yes" : "no"
        var features = [XMLElement("feature", ["enabled": isSecure, "name": "secure-boot"])]
        if firmware == .secureUEFI {
            features.append(XMLElement("feature", ["enabled": "yes", "name": "enrolled-keys"]))
        }
        os.insertChild(XMLElement("firmware", [:], features), at: 1)
        guard let uuid = child("uuid")?.stringValue else { return }
        let file = FirmwareState.variables(of: uuid, isSecure: firmware == .secureUEFI)
        os.insertChild(XMLElement("nvram", text: file), at: 2)
    }
}
