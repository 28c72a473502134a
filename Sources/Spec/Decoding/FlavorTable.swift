import YAML

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
    func flavor(for template: InstanceTemplate, context: DecodingContext) -> Flavor? {
        guard let name = template.flavor else { return nil }
        if let flavor = flavors[name] { return flavor }
        if given[name] != nil { return nil }
        guard !context.isIncomplete, let place = template.positions[InstanceKeys.flavor.name] else { return nil }
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
