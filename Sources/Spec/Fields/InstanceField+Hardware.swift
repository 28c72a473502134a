extension InstanceField {
    static let hardware = InstanceField(
        "hardware", "some hardware", [cpu], acceptsNull: true, principal: cpu,
        "The machine's hardware, as the guest sees it.", unset: "the node's best", example: "{cpu: Skylake-Server}",
        traits: Traits(isIgnorable: true))

    package static let cpu = InstanceField(
        "hardware.cpu", .cpuModel, \.cpuModel,
        "The CPU model, by libvirt's name. A model that all nodes support allows migration between different nodes. "
            + "Or host-model, or host-passthrough, which needs KVM and identical nodes.",
        unset: "the node's best", example: "Skylake-Server", effect: .boot,
        traits: Traits(observation: .definition, nodesWord: "host-model"))
}

extension Kind where Value == String {
    /// The name of a CPU model, such as `EPYC-Rome` or `Skylake-Server-noTSX-IBRS`.
    static var cpuModel: Kind {
        .word("a CPU model such as Skylake-Server", pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$", limit: 64) {
            $0.isAlphanumeric || [".", "_", "-"].contains($0)
        }
    }
}
