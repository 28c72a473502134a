extension InstanceField {
    static let hardware = InstanceField(
        "hardware", "some hardware", [cpu, nested, machine, firmware, tpm, graphics, video, random], acceptsNull: true,
        principal: cpu,
        "The machine's hardware, as the guest sees it. A key that is removed again sets its default.",
        unset: "the node's best CPU, BIOS, and a VNC screen", example: "{cpu: Skylake-Server, firmware: uefi}",
        traits: Traits(isIgnorable: true))

    package static let cpu = InstanceField(
        "hardware.cpu", .cpuModel, \.hardware.cpu,
        "The CPU model, by libvirt's name. A model that all nodes support allows migration between different nodes. "
            + "Or host-model, or host-passthrough, which needs KVM and identical nodes.",
        unset: "the node's best", example: "Skylake-Server", effect: .boot,
        traits: Traits(observation: .definition, nodesWord: "host-model", running: .unlessLeftToNode))

    package static let nested = InstanceField(
        "hardware.nested", .boolean, \.hardware.isNested,
        "Whether the guest can run virtual machines itself; its node must have nested virtualization switched on.",
        unset: "as the node's CPU has it", example: "true", effect: .boot,
        traits: Traits(isOfMadeOnly: true, observation: .definition, running: .asFound))

    package static let machine = InstanceField(
        "hardware.machine", .machineVersion, \.hardware.machine,
        "The version of QEMU's machine, by its name: of q35, or of virt for aarch64. The oldest node's newest version allows migration in both "
            + "directions between nodes with different versions of QEMU.",
        unset: "the newest of the node that makes the instance", example: "pc-q35-7.2", effect: .boot,
        traits: Traits(isOfMadeOnly: true, observation: .definition))

    package static let firmware = InstanceField(
        "hardware.firmware", .choice, \.hardware.firmware,
        "The firmware that starts the guest's system. `uefi-secure` starts only systems that are signed with Microsoft's keys.",
        unset: "`bios`", example: "uefi", effect: .boot,
        traits: Traits(isOfMadeOnly: true, observation: .definition, nodesWord: Hardware.Firmware.bios.rawValue),
        text: \.rawValue)

    package static let tpm = InstanceField(
        "hardware.tpm", .boolean, \.hardware.hasTPM,
        "Whether the guest has a TPM 2.0, which its node emulates. Its state lives and moves with the instance's disks.",
        unset: "`false`", example: "true", effect: .boot,
        traits: Traits(isOfMadeOnly: true, observation: .definition, nodesWord: "false"))

    package static let graphics = InstanceField(
        "hardware.graphics", .choice, \.hardware.graphics,
        "Whether the guest has a screen for `kvmctl vnc`, which is a Unix socket on its node.",
        unset: "`vnc`", example: "none", effect: .boot,
        traits: Traits(isOfMadeOnly: true, observation: .definition, nodesWord: Hardware.Graphics.vnc.rawValue),
        text: \.rawValue)

    package static let video = InstanceField(
        "hardware.video", .choice, \.hardware.video, "The graphics card.", unset: "`vga`", example: "virtio",
        effect: .boot,
        traits: Traits(isOfMadeOnly: true, observation: .definition, nodesWord: Hardware.Video.vga.rawValue),
        text: \.rawValue)

    package static let random = InstanceField(
        "hardware.rng", .boolean, \.hardware.hasRandom,
        "Whether the guest gets random numbers from its node, so that it need not wait for its own at boot.",
        unset: "`true`", example: "false", effect: .boot,
        traits: Traits(isOfMadeOnly: true, observation: .definition, nodesWord: "true"))
}

extension Kind where Value == String {
    /// The name of a CPU model, such as `EPYC-Rome` or `Skylake-Server-noTSX-IBRS`.
    static var cpuModel: Kind {
        .word("a CPU model such as Skylake-Server", pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$", limit: 64) {
            $0.isAlphanumeric || [".", "_", "-"].contains($0)
        }
    }

    /// A version of QEMU's q35 machine, or of its machine for aarch64: what kvmctl makes has PCI Express, which the older `pc`
    /// does not have.
    static var machineVersion: Kind {
        .parsed(
            "a version of QEMU's q35 machine such as pc-q35-7.2", pattern: "^(pc-q35|virt)-[A-Za-z0-9.-]+$"
        ) { text throws(Complaint) in
            let versions = Architecture.allCases.map(\.machine.versions)
            guard let prefix = versions.first(where: text.hasPrefix),
                (1...32).contains(text.utf8.count - prefix.utf8.count),
                text.unicodeScalars.allSatisfy({ $0.isAlphanumeric || [".", "-"].contains($0) })
            else {
                let isNewest = Architecture.allCases.contains { $0.machine.name == text }
                throw Complaint(
                    remedy: isNewest ? "remove it: a \(text) machine of the newest version is the default" : nil)
            }
            return text
        }
    }
}
