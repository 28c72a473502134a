import YAML

extension Instance {
    /// Makes an instance of the fields that could be read.
    ///
    /// Complains about what is missing. Where a field is missing or wrong something harmless takes its place, so that
    /// the rest can still be checked; with a complaint on record the result never leaves the load.
    init(
        name: Name, _ fields: InstanceFields, of definition: Definition, flavors: FlavorTable, context: DecodingContext
    ) {
        let flavor = flavors.flavor(for: fields, context: context)
        self.init(
            name: name, part: definition.part, isManaged: definition.isManaged, position: definition.position,
            vcpus: fields.vcpus ?? flavor?.vcpus ?? 1, memory: fields.memory ?? flavor?.memory ?? .gibibytes(1),
            disk: fields.disk ?? flavor?.disk ?? .gibibytes(10), pool: fields.pool ?? .local,
            image: fields.image ?? (fields.isAdopted == true ? .adopted : .unreadable),
            ready: fields.ready ?? Readiness(when: .running))
        cpuModel = fields.cpuModel
        nics = fields.nics
        disks = fields.disks
        node = fields.node
        placement = fields.placement ?? Placement()
        power = fields.power ?? .on
        autostart = fields.autostart ?? true
        protect = fields.protect ?? false
        access = fields.access ?? Access()
        cloudInit = fields.cloudInit
        roles = fields.roles
        labels = fields.labels
        isAdopted = fields.isAdopted ?? false
        changes = fields.changes
        onMaintenance = fields.onMaintenance ?? .migrate
        renamedFrom = fields.renamedFrom
        positions = fields.positions
        if !context.isIncomplete {
            complainAboutMissing(fields, flavor: flavor, definition: definition, flavors: flavors, context: context)
        }
    }

    private func complainAboutMissing(
        _ fields: InstanceFields, flavor: Flavor?, definition: Definition, flavors: FlavorTable,
        context: DecodingContext
    ) {
        let isAdopted = fields.isAdopted == true
        if !isAdopted, !fields.isGiven(InstanceKeys.image.name) {
            context.error(
                definition.mark, "the instance \"\(definition.name)\" has no image",
                remedy: "add image: with the name of an image")
        }
        // A flavor that is wrong was complained about; what it would have given is then not missing.
        let hasFlavor = fields.isGiven(InstanceKeys.flavor.name)
        if hasFlavor, flavor == nil { return }
        let sizes: [(key: String, isGiven: Bool)] = [
            (SizeKeys.vcpus.name, flavor?.vcpus != nil), (SizeKeys.memory.name, flavor?.memory != nil),
            (SizeKeys.disk.name, flavor?.disk != nil),
        ]
        let missing = sizes.filter { size in
            !size.isGiven && !(isAdopted && size.key == SizeKeys.disk.name) && !fields.isGiven(size.key)
                && !flavors.isWrong(size.key, in: flavor)
        }.map(\.key)
        guard !missing.isEmpty else { return }
        context.error(
            definition.mark, "the instance \"\(definition.name)\" has no \(missing.joined(separator: ", no "))",
            remedy: hasFlavor ? "its flavor does not give it either" : "add flavor: with the name of a flavor")
    }
}

/// The flavors of a spec, those that could not be read included.
struct FlavorTable {
    let flavors: [Name: Flavor]
    /// The keys that each flavor's text gives, right or wrong.
    let given: [Name: Set<String>]
    private let suggestions: Suggestions

    init(flavors: [Name: Flavor], given: [Name: Set<String>]) {
        self.flavors = flavors
        self.given = given
        suggestions = Suggestions(given.keys.map(\.text), noun: "flavor")
    }

    /// The flavor that an instance names; complains where there is none.
    func flavor(for fields: InstanceFields, context: DecodingContext) -> Flavor? {
        guard let name = fields.flavor else { return nil }
        if let flavor = flavors[name] { return flavor }
        if given[name] != nil { return nil }
        guard !context.isIncomplete, let place = fields.positions[InstanceKeys.flavor.name] else { return nil }
        context.add(
            Diagnostic(
                at: place, "there is no flavor \"\(name)\"",
                remedy: suggestions.remedy(for: name.text)))
        return nil
    }

    /// Whether a flavor gives a key wrongly, which was complained about where it stands.
    func isWrong(_ key: String, in flavor: Flavor?) -> Bool {
        flavor.map { given[$0.name]?.contains(key) == true } ?? false
    }
}
