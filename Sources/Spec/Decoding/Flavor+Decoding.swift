import YAML

extension Flavor {
    /// Reads a flavor; nil where it is no map.
    init?(_ definition: Definition, context: DecodingContext) {
        let read = context.recording { () -> Flavor? in
            guard let reader = definition.reader(.flavor, context) else { return nil }
            var flavor = Flavor(name: definition.name, position: definition.position)
            for field in InstanceField.ofFlavors { field.flavor?.read(reader, &flavor) }
            return flavor
        }
        guard var flavor = read.value else { return nil }
        flavor.positions = read.positions
        self = flavor
    }
}
