extension InstanceField {
    static let rootDisk = InstanceField(
        "rootDisk", "a root disk", [rootBus, rootCache, rootIO, rootDiscard], acceptsNull: true, principal: nil,
        "How the guest has its root disk, whose size is `disk`. A key that is removed again sets its default.",
        unset: "a virtio disk with QEMU's defaults", example: "{bus: scsi, cache: none}",
        traits: Traits(isIgnorable: true))

    package static let rootBus = option(
        .bus, DiskKeys.bus,
        "The bus that connects it to the guest's machine; the system on it must have a driver for that.")

    package static let rootCache = option(.cache, DiskKeys.cache, DiskKeys.cache.summary)

    package static let rootIO = option(.io, DiskKeys.io, DiskKeys.io.summary)

    package static let rootDiscard = option(.discard, DiskKeys.discard, DiskKeys.discard.summary)

    /// One option, which the definition has, and the machine from its next boot on.
    private static func option(_ option: DiskOption, _ key: Key<String>, _ summary: String) -> InstanceField {
        InstanceField(
            option.rootPath, key.kind, \.rootDisk[option], summary, unset: key.unset ?? "", example: key.example ?? "",
            effect: .boot, traits: Traits(isOfMadeOnly: true, observation: .definition, nodesWord: option.usual))
    }
}
