import YAML

extension InstanceField {
    static let power = InstanceField(
        "power", .power, \.power, "`on`, `off`, or `keep` for whatever it is.", example: "off", effect: .setting,
        traits: Traits(isIgnorable: true))

    static let autostart = InstanceField(
        "autostart", .boolean, \.autostart, "Whether it starts with its node.", example: "false", effect: .setting,
        traits: Traits(isIgnorable: true, observation: .autostart))

    static let protect = InstanceField(
        "protect", .boolean, \.protect, "Whether it can only be deleted or replaced after this is taken off.",
        example: "true", effect: .setting, traits: Traits(observation: .protection))

    static let labels = InstanceField(
        "labels", .labels, \.labels, "Words of one's own about it, for `kvmctl get instances -l tier=web`.",
        unset: "none", example: "{tier: web}", effect: .noted, record: .resolved(.labels),
        traits: Traits(isWrittenByDefault: false))

    static let ready = InstanceField(
        "ready", .readiness, \.ready, "When it counts as ready; `apply` waits for it.", unset: "`running`",
        example: "{when: address, timeout: 5m}", effect: .policy
    ) { "\($0)" }

    static let adopted = InstanceField(
        "adopted", .boolean, \.isAdopted,
        "Whether it was there before kvmctl; `kvmctl import` writes it. Such an instance has no image, root disk, seed "
            + "or access of kvmctl's, its disks are named by their target and given by their path, and it is never "
            + "made anew.", example: "true", effect: .policy,
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
