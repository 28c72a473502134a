import YAML

/// Turns what stands under `profiles:` and `instances:` into instances, one for each member of a group.
struct InstanceDefinitions {
    let profiles: [Name: Definition]
    let flavors: FlavorTable
    let context: DecodingContext
    private let suggestions: Suggestions

    init(profiles: [Name: Definition], flavors: FlavorTable, context: DecodingContext) {
        self.profiles = profiles
        self.flavors = flavors
        self.context = context
        suggestions = Suggestions(profiles.keys.map(\.text), noun: "profile")
    }

    /// An instance and the definition it came from.
    struct Made {
        let instance: Instance
        let mark: Position
    }

    /// Complains about what is wrong in profiles, used or not, and even where an instance replaces it.
    func checkProfiles() {
        context.acceptsMissing = true
        defer { context.acceptsMissing = false }
        for definition in profiles.values {
            guard let mapping = context.mapping(definition.node, path: definition.name.text) else { continue }
            Table.profile.check(mapping, context: context)
            _ = fields(Layering.layer(mapping, context: context), definition)
        }
    }

    /// The instances of one definition: one, or a group's members.
    func instances(of definition: Definition) -> [Made] {
        guard let mapping = context.mapping(definition.node, path: definition.name.text) else { return [] }
        Table.instance.check(mapping, context: context)
        let own = Layering.layer(mapping, context: context)
        let base = Layering.lay(own, over: lowerLayers(mapping), context.roles)
        let fields = self.fields(base, definition)
        guard mapping[InstanceKeys.count.name]?.isNull == false else {
            if let members = mapping.entries.first(where: { $0.key == InstanceKeys.members.name }) {
                context.error(
                    members.keyMark, "members need a group, and \"\(definition.name)\" has no count",
                    remedy: "add count:")
            }
            guard let fields else { return [] }
            let instance = fields.instance(definition.name, of: definition, flavors: flavors, context: context)
            return [Made(instance: instance, mark: definition.mark)]
        }
        return group(definition, mapping, base: base, fields: fields)
    }

    /// The named profiles, laid over each other from left to right.
    private func lowerLayers(_ mapping: Mapping) -> Layering.Layer {
        var layer = Layering.Layer(mapping: Mapping())
        guard let node = mapping[InstanceKeys.profiles.name], !node.isNull else { return layer }
        let names = InstanceKeys.profiles.kind.read(node, InstanceKeys.profiles.name, context) ?? []
        let marks = (node.sequence ?? []).map(\.mark)
        for (index, name) in names.enumerated() {
            guard let profile = profiles[name] else {
                if context.isIncomplete { continue }
                context.error(
                    names.count == marks.count ? marks[index] : node.mark, "there is no profile \"\(name)\"",
                    remedy: suggestions.remedy(for: name.text))
                continue
            }
            guard let partial = profile.node.mapping else { continue }
            layer = Layering.lay(Layering.layer(partial, context: context), over: layer, context.roles)
        }
        return layer
    }

    private func fields(_ layer: Layering.Layer, _ definition: Definition) -> InstanceTemplate? {
        let node = YAML.Node(.mapping(Layering.withoutNulls(layer.mapping)), at: definition.node.mark)
        return InstanceTemplate(node, subject: definition.name.text, context: context)
    }

    private func group(
        _ definition: Definition, _ mapping: Mapping, base: Layering.Layer, fields: InstanceTemplate?
    ) -> [Made] {
        guard let node = mapping[InstanceKeys.count.name] else { return [] }
        let given = InstanceKeys.count.kind.read(node, InstanceKeys.count.name, context)
        // A count that is wrong still has its group checked, by the one member that any group could have.
        let count = given ?? 1
        let members = given.map { self.members(mapping, count: $0) } ?? [:]
        return (1...max(1, count)).prefix(count).compactMap { number in
            guard let name = Name(member: number, of: definition.name) else {
                context.error(
                    definition.mark,
                    "the name \"\(definition.name)-\(number)\" of a member has more than 63 characters",
                    remedy: "shorten the group's name")
                return nil
            }
            var own = fields
            if let member = members[number] {
                own = self.fields(Layering.lay(member, over: base, context.roles), definition)
            }
            guard let own else { return nil }
            var instance = own.instance(name, of: definition, flavors: flavors, context: context)
            instance.group = definition.name
            instance.member = number
            return Made(instance: instance, mark: definition.mark)
        }
    }

    /// What differs for single members, by their number; complains about numbers that are none.
    private func members(_ mapping: Mapping, count: Int) -> [Int: Layering.Layer] {
        guard let node = mapping[InstanceKeys.members.name], !node.isNull,
            let entries = context.mapping(node, path: InstanceKeys.members.name)?.entries
        else { return [:] }
        var members: [Int: Layering.Layer] = [:]
        for entry in entries {
            let path = "members.\(Found.shortened(entry.key))"
            guard let number = Int(entry.key), String(number) == entry.key, (1...max(1, count)).contains(number),
                count > 0
            else {
                let range = count == 0 ? "the group has no members" : "expected a number from 1 to \(count)"
                context.error(entry.keyMark, "\(path): there is no such member; \(range)")
                continue
            }
            if entry.value.isNull { continue }
            guard let partial = context.mapping(entry.value, path: path) else { continue }
            Table.member.check(partial, context: context)
            members[number] = Layering.layer(partial, context: context)
        }
        return members
    }
}
