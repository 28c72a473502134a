import YAML

/// A whole or partial instance as far as it could be read, before flavors: what its definition's instances share.
struct InstanceTemplate {
    /// With the default of every field that was not read.
    private var instance = Instance.unset
    /// Where each field was written that could be read.
    private(set) var positions: [String: Position] = [:]
    private(set) var flavor: Name?
    private let given: Mapping

    /// Reads the fields of a layered instance, whose layers' keys are checked one by one; nil where it is no map.
    init?(_ node: YAML.Node, subject: String, context: DecodingContext) {
        let read = context.recording { () -> InstanceTemplate? in
            guard let reader = MapReader(node, table: nil, path: "", subject: subject, context: context) else {
                return nil
            }
            return InstanceTemplate(reader)
        }
        guard var template = read.value else { return nil }
        template.positions = read.positions
        template.addProvision(context)
        self = template
    }

    private init(_ reader: MapReader) {
        given = reader.mapping
        flavor = reader.optional(InstanceKeys.flavor)
        // Written out before by `Layering` unless it is wrong, which is said here.
        _ = reader.optional(InstanceKeys.networks)
        for field in InstanceField.entries {
            if let change = field.read(reader) { change(&instance) }
        }
    }

    private mutating func addProvision(_ context: DecodingContext) {
        InstanceTemplate.addProvision(to: &instance, &positions, context)
    }

    /// Whether a key is given, right, wrong or misspelt.
    private func isGiven(_ key: String) -> Bool {
        given[key] != nil || Table.instance.isMisspelt(key, in: given)
    }

    /// Makes an instance of the fields that could be read.
    ///
    /// Complains about what is missing. Where a field is missing or wrong something harmless takes its place, so that
    /// the rest can still be checked; with a complaint on record the result never leaves the load.
    func instance(
        _ name: Name, of definition: Definition, flavors: FlavorTable, context: DecodingContext
    ) -> Instance {
        let flavor = flavors.flavor(for: self, context: context)
        var instance = instance
        instance.name = name
        instance.part = definition.part
        instance.isManaged = definition.isManaged
        instance.position = definition.position
        instance.positions = positions
        for field in InstanceField.ofFlavors where positions[field.path] == nil {
            if let flavor, let change = field.flavor?.change(flavor) { change(&instance) }
        }
        if let iso = instance.installation?.iso, positions[InstanceField.image.path] == nil { instance.image = iso }
        if instance.isAdopted, positions[InstanceField.image.path] == nil { instance.image = .adopted }
        if !context.isIncomplete {
            complainAboutMissing(flavor: flavor, definition: definition, flavors: flavors, context: context)
        }
        return instance
    }

    private func complainAboutMissing(
        flavor: Flavor?, definition: Definition, flavors: FlavorTable, context: DecodingContext
    ) {
        // A CD is installed from in place of an image.
        let isInstalled = isGiven(InstanceField.install.path)
        let fields = InstanceField.entries.filter { field in
            !(instance.isAdopted && field.isOfMadeOnly) && !isGiven(field.path)
                && !(isInstalled && field.path == InstanceField.image.path)
        }
        for field in fields {
            guard let value = field.mustBe else { continue }
            context.error(
                definition.mark, "the instance \"\(definition.name)\" has no \(field.path)",
                remedy: "add \(field.path): with \(value)")
        }
        // A flavor that is wrong was complained about; what it would have given is then not missing.
        let hasFlavor = isGiven(InstanceKeys.flavor.name)
        if hasFlavor, flavor == nil { return }
        let missing = fields.filter { field in
            guard let ofFlavor = field.flavor else { return false }
            return flavor.flatMap { ofFlavor.change($0) } == nil && !flavors.isWrong(field.path, in: flavor)
        }.map(\.path)
        guard !missing.isEmpty else { return }
        context.error(
            definition.mark, "the instance \"\(definition.name)\" has no \(missing.joined(separator: ", no "))",
            remedy: hasFlavor ? "its flavor does not set it either" : "add flavor: with the name of a flavor")
    }
}
