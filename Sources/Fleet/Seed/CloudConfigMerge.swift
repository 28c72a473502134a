import YAML

/// How the user's own `cloudInit` joins what kvmctl says.
///
/// Maps merge by key; a list follows kvmctl's list, and in it a map with a name that kvmctl's list has too (a user)
/// joins that map; anything else replaces what kvmctl says. A null removes it. What only the user says is kept as it is.
enum CloudConfigMerge {
    static func merge(_ own: YAML.Node, with users: YAML.Node) -> YAML.Node {
        switch (own.content, users.content) {
        case (.mapping(let left), .mapping(let right)):
            return YAML.Node(.mapping(merge(left, with: right)), at: users.mark)
        case (.sequence(let left), .sequence(let right)):
            return YAML.Node(.sequence(merge(left, with: right)), at: users.mark)
        default:
            return users
        }
    }

    private static func merge(_ own: Mapping, with users: Mapping) -> Mapping {
        var entries: [Mapping.Entry] = []
        for entry in own.entries {
            guard let theirs = users.entries.first(where: { $0.key == entry.key }) else {
                entries.append(entry)
                continue
            }
            guard !theirs.value.isNull else { continue }
            entries.append(
                Mapping.Entry(
                    key: entry.key, keyMark: theirs.keyMark, keyStyle: theirs.keyStyle,
                    value: merge(entry.value, with: theirs.value)))
        }
        return Mapping(entries + users.entries.filter { own[$0.key] == nil })
    }

    private static func merge(_ own: [YAML.Node], with users: [YAML.Node]) -> [YAML.Node] {
        var items = own
        for item in users {
            if let name = name(of: item), let position = own.firstIndex(where: { self.name(of: $0) == name }) {
                items[position] = merge(items[position], with: item)
            } else if !own.contains(item) {
                items.append(item)
            }
        }
        return items
    }

    private static func name(of node: YAML.Node) -> String? {
        node.mapping?["name"]?.scalar?.text
    }
}
