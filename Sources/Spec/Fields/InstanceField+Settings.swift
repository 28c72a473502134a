import YAML

extension InstanceField {
    static let power = InstanceField(
        "power", .power, \.power, "`on`, `off`, or `keep` for its present state.", example: "off", effect: .setting,
        traits: Traits(isIgnorable: true))

    static let autostart = InstanceField(
        "autostart", .boolean, \.autostart, "Whether it starts with its node.", example: "false", effect: .setting,
        traits: Traits(isIgnorable: true, observation: .autostart))

    static let protect = InstanceField(
        "protect", .boolean, \.protect, "Whether kvmctl refuses to delete or replace it.",
        example: "true", effect: .setting, traits: Traits(observation: .protection))

    static let labels = InstanceField(
        "labels", .labels, \.labels, "Labels of your own, for filters such as `kvmctl get instances -l tier=web`.",
        unset: "none", example: "{tier: web}", effect: .noted, record: .resolved(.labels),
        traits: Traits(isWrittenByDefault: false))

    static let ready = InstanceField(
        "ready", .readiness, \.ready, "The condition for being ready; `apply` waits for it.", unset: "`running`",
        example: "{when: address, timeout: 5m}", effect: .policy
    ) { "\($0)" }

    static let adopted = InstanceField(
        "adopted", .boolean, \.isAdopted,
        "Whether it existed before kvmctl; `kvmctl import` writes it. Such an instance has no image, root disk, seed "
            + "or access. Its disks are named by their target and have a path, and it is never "
            + "recreated.", example: "true", effect: .policy,
        traits: Traits(isWrittenByDefault: false))
}

extension Kind where Value == Instance.Power {
    /// `on`, `off` or `keep`; `true` and `false` too, which other tools make of the first two.
    static var power: Kind {
        let words = Instance.Power.allCases.map(\.rawValue)
        return Kind(
            expected: "one of on, off, keep", schema: .either([.choice(words), .boolean]), write: Kind.choice.write
        ) { node, path, context in
            if case .bool(let isOn)? = node.scalar?.value { return isOn ? .on : .off }
            return Kind.choice.read(node, path, context)
        }
    }
}
