extension Rule {
    /// What QEMU has for an image's processors.
    static let hardwareFitsArchitecture = Rule { cluster in
        cluster.orderedInstances.flatMap { instance -> [Diagnostic] in
            guard let architecture = instance.architecture else { return [] }
            func complain(_ path: String, _ what: String, _ remedy: String) -> Diagnostic? {
                instance.positions[path].map {
                    Diagnostic(
                        at: $0, "\(what), and the image \(instance.image) is for \(architecture.rawValue)",
                        remedy: remedy)
                }
            }
            var found: [Diagnostic?] = []
            let versions = architecture.machine.versions
            if let machine = instance.hardware.machine, !machine.hasPrefix(versions) {
                found.append(
                    complain(
                        "hardware.machine", "\(machine) is a machine for other processors",
                        "name one that begins with \(versions), or take it out"))
            }
            guard architecture == .aarch64 else { return found.compactMap(\.self) }
            switch instance.hardware.firmware {
            case .bios:
                found.append(
                    complain("hardware.firmware", "a BIOS is for x86_64", "take it out: UEFI is the default there"))
            case .secureUEFI:
                found.append(
                    complain("hardware.firmware", "kvmctl has uefi-secure for x86_64 only", "write firmware: uefi"))
            case .uefi, nil: break
            }
            if instance.hardware.isNested != nil {
                found.append(complain("hardware.nested", "nested is for x86_64", "take it out"))
            }
            if instance.hardware.video == .vga {
                found.append(complain("hardware.video", "a VGA card is for x86_64", "write video: virtio"))
            }
            let buses =
                [("rootDisk.bus", instance.rootDisk[.bus])]
                + instance.disks.map { ("disks.\($0.name).bus", $0.options[.bus]) }
            for (path, bus) in buses where bus == "sata" {
                found.append(complain(path, "SATA is for x86_64", "write bus: virtio, or bus: scsi"))
            }
            return found.compactMap(\.self)
        }
    }
}
