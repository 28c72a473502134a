extension InstanceField {
    static let flavor = InstanceField(replaced: InstanceKeys.flavor)

    static let vcpus = InstanceField(
        "vcpus", .integer(1...1_024, "a number of vCPUs"), \.vcpus,
        "Virtual CPUs; set by the instance or its flavor.", unset: "the flavor's", example: "1",
        effect: .amount, flavor: FlavorProperty(\.vcpus),
        traits: Traits(isIgnorable: true, observation: .vcpus))

    static let memory = InstanceField(
        "memory", .memory, \.memory, "Memory; set by the instance or its flavor.",
        unset: "the flavor's", example: "1GiB", effect: .amount, flavor: FlavorProperty(\.memory),
        traits: Traits(isIgnorable: true, observation: .memory))

    static let disk = InstanceField(
        "disk", .diskSize, \.disk, "The root disk's size; set by the instance or its flavor.",
        unset: "the flavor's", example: "10GiB", effect: .device, flavor: FlavorProperty(\.disk),
        traits: Traits(isIgnorable: true, isOfMadeOnly: true))

    static let pool = InstanceField(
        "pool", .name, \.pool, "The root disk's pool.", example: "local", effect: .device,
        traits: Traits(isOfMadeOnly: true))

    static let image = InstanceField(
        "image", .name, \.image, "The image that the root disk is made from; required.",
        example: "debian-12", effect: .replace, record: .resolved(.image),
        traits: Traits(
            isIgnorable: true, isOfMadeOnly: true, observation: .baseImage, mustBe: "the name of an image"))
}
