import YAML

/// The kinds of roles that a spec may use.
package struct RoleLanguages: Sendable {
    let all: [any RoleLanguage.Type]
    /// The keys of a role: exactly one kind.
    let table: Table

    package init(_ all: [any RoleLanguage.Type]) {
        self.all = all
        table = Table("a role", all.map { RoleLanguages.description($0) })
    }

    /// Some roles in one line of YAML; nil where there is no kind.
    var example: String? {
        all.first.map { "{site: {\($0.key): \($0.example)}}" }
    }

    private static func description<L: RoleLanguage>(_ language: L.Type) -> any KeyDescription {
        key(language)
    }

    private static func key<L: RoleLanguage>(_ language: L.Type) -> Key<L.Value> {
        Key(L.key.text, L.form, L.summary, example: L.example)
    }

    /// Reads a role: a map with one key, its kind.
    func read(_ node: YAML.Node, _ path: String, _ context: DecodingContext) -> Role? {
        guard let reader = MapReader(node, table: table, path: path, context: context) else { return nil }
        let given = all.filter { reader.mapping[$0.key.text] != nil }
        if given.count > 1 {
            let names = given.map { $0.key.text }.joined(separator: " and ")
            context.error(
                node.mark, "\(path): expected one kind of role, found \(names)", remedy: "write them as two roles")
            return nil
        }
        if reader.mapping.entries.isEmpty, !context.acceptsMissing {
            let names = all.map { $0.key.text }.joined(separator: " or ")
            context.error(node.mark, "\(path): \(names) is missing", remedy: "expected a map")
        }
        // Something else in it was an unknown key, which says enough.
        return given.first.flatMap { read($0, reader) }
    }

    private func read<L: RoleLanguage>(_ language: L.Type, _ reader: MapReader) -> Role? {
        reader.optional(RoleLanguages.key(language)).map { Role(language, $0) }
    }

    /// Everything that is wrong with an instance's roles, kind by kind.
    func check(_ instance: Instance) -> [Diagnostic] {
        instance.roles.isEmpty ? [] : all.flatMap { check($0, instance) }
    }

    private func check<L: RoleLanguage>(_ language: L.Type, _ instance: Instance) -> [Diagnostic] {
        let roles = instance.roles.sorted { $0.key < $1.key }.compactMap { name, role in
            role.value(of: language).map { PlacedRole(name, $0, path: role.path(named: name), of: instance) }
        }
        return roles.isEmpty ? [] : language.check(roles)
    }
}

extension Rule {
    /// Every role follows the rules of its kind.
    static func rolesAreRight(_ languages: RoleLanguages) -> Rule {
        Rule { cluster in cluster.orderedInstances.flatMap { languages.check($0) } }
    }
}

extension Kind where Value == Role {
    /// A role: a map with one key, its kind.
    static var role: Kind {
        Kind(expected: "a map", schema: .role, write: { $0.written }) { node, path, context in
            context.roles.read(node, path, context)
        }
    }
}
