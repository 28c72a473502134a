import YAML

/// The keys of a flavor, which an instance has too.
enum SizeKeys {
    static let vcpus = Key(
        "vcpus", Kind<Int>.integer(1...1_024, "a number of vCPUs"),
        "Virtual CPUs; an instance has them from here or from its flavor.", unset: "the flavor's", example: "1")
    static let memory = Key(
        "memory", Kind<Size>.memory, "Memory; an instance has it from here or from its flavor.", unset: "the flavor's",
        example: "1GiB")
    static let disk = Key(
        "disk", Kind<Size>.diskSize, "The root disk's size; an instance has it from here or from its flavor.",
        unset: "the flavor's", example: "10GiB")
    static let flavor = Table("a flavor", [vcpus, memory, disk])
}

extension Flavor {
    /// Reads a flavor; nil where it is no map.
    init?(_ definition: Definition, context: DecodingContext) {
        let read = context.recording { () -> Flavor? in
            guard let reader = definition.reader(SizeKeys.flavor, context) else { return nil }
            var flavor = Flavor(name: definition.name, position: definition.position)
            flavor.vcpus = reader.optional(SizeKeys.vcpus)
            flavor.memory = reader.optional(SizeKeys.memory)
            flavor.disk = reader.optional(SizeKeys.disk)
            return flavor
        }
        guard var flavor = read.value else { return nil }
        flavor.positions = read.positions
        self = flavor
    }
}
