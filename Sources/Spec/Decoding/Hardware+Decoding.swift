/// An instance's hardware as it is written.
struct HardwareFields {
    var cpu: String?
}

/// The keys of an instance's hardware.
enum HardwareKeys {
    static let cpu = Key(
        "cpu", Kind<String>.cpuModel,
        "The CPU model, by libvirt's name for it: one that all nodes have lets it move between nodes that differ. "
            + "Or host-model, or host-passthrough, which needs KVM and nodes that are alike.",
        unset: "all that its node has", example: "Skylake-Server")
    static let table = Table("some hardware", [cpu], acceptsNull: true)
}

extension Kind where Value == HardwareFields {
    /// What the guest sees of its machine.
    static var hardware: Kind {
        .object(HardwareKeys.table) { HardwareFields(cpu: $0.optional(HardwareKeys.cpu)) }
    }
}

extension Kind where Value == String {
    /// The name of a CPU model, such as `EPYC-Rome` or `Skylake-Server-noTSX-IBRS`.
    static var cpuModel: Kind {
        .word("a CPU model such as Skylake-Server", pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$", limit: 64) {
            $0.isAlphanumeric || [".", "_", "-"].contains($0)
        }
    }
}
