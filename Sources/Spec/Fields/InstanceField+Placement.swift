extension InstanceField {
    static let node = InstanceField(
        "node", .name, \.node, "The node it is pinned to.", unset: "placement chooses", example: "kvm1",
        effect: .placement)

    static let placement = InstanceField(
        "placement", .placement, \.placement, "The nodes that it may run on.", unset: "anywhere",
        example: "{spread: node}",
        effect: .placement, record: .never, traits: Traits(isOfMadeOnly: true, isWrittenByDefault: false)
    ) { "\($0)" }

    static let onMaintenance = InstanceField(
        "onMaintenance", .choice, \.onMaintenance,
        "The action while its node is in `maintenance`: it migrates away, is stopped, or stays.",
        example: "stop", effect: .policy)
}
