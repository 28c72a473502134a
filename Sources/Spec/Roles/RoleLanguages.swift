import YAML

/// The kinds of roles that a spec may use, and the packages that need no kind of their own.
package struct RoleLanguages: Sendable {
    let all: [any RoleLanguage.Type]
    /// The kind that all packages are of; nil where none can be used.
    let packaged: (any PackagedRoleLanguage.Type)?
    /// The packages that came with kvmctl.
    private let shipped: [RolePackage]
    /// Those, and what is beside the specs of a run.
    package let catalogue: PackageCatalogue
    /// The keys of a role: exactly one kind, or one package.
    let table: Table

    package init(
        _ all: [any RoleLanguage.Type], packaged: (any PackagedRoleLanguage.Type)? = nil, shipped: [RolePackage] = []
    ) {
        self.init(all, packaged: packaged, shipped: shipped, folders: [])
    }

    private init(
        _ all: [any RoleLanguage.Type], packaged: (any PackagedRoleLanguage.Type)?, shipped: [RolePackage],
        folders: [PackageSource]
    ) {
        self.all = all
        self.packaged = packaged
        self.shipped = shipped
        catalogue = PackageCatalogue(
            shipped: packaged == nil ? [] : shipped, folders: packaged == nil ? [] : folders, kinds: all.map { $0.key })
        table = Table("a role", all.map { RoleLanguages.description($0) } + catalogue.keys)
    }

    /// The same with the packages of a run's folders.
    package func adding(_ folders: [PackageSource]) -> RoleLanguages {
        folders.isEmpty ? self : RoleLanguages(all, packaged: packaged, shipped: shipped, folders: folders)
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

    /// Reads a role: a map with one key, its kind or package.
    func read(_ node: YAML.Node, _ path: String, _ context: DecodingContext) -> Role? {
        if let written = inputsWithoutPackage(node, path) {
            context.record(path, at: node.mark)
            context.error(
                node.mark, "\(path): the package is missing between the role's name and its inputs",
                remedy: "write \(written): {\(written): {…}}, or give the role a name of its own")
            return nil
        }
        if let unknown = unknownPackage(node) {
            context.record(path, at: node.mark)
            context.error(
                unknown.mark, "\(path): there is no package \(Found.quoted(unknown.name))",
                remedy: (similar(to: unknown.name).map { "did you mean \"\($0)\"? " } ?? "")
                    + "kvmctl role list shows all; your own are folders in roles/ beside the spec")
            return nil
        }
        guard let reader = MapReader(node, table: table, path: path, context: context) else { return nil }
        let given = reader.mapping.entries.filter { entry in table.keys.contains { $0.name == entry.key } }
        if given.count > 1 {
            let names = table.keys.map(\.name).filter { name in given.contains { $0.key == name } }
            context.error(
                node.mark, "\(path): expected one kind of role, found \(names.joined(separator: " and "))",
                remedy: "write them as two roles")
            return nil
        }
        if reader.mapping.entries.isEmpty, !context.acceptsMissing {
            let names = table.keys.map(\.name).joined(separator: " or ")
            context.error(node.mark, "\(path): \(names) is missing", remedy: "expected a map")
        }
        // Something else in it was an unknown key, which says enough.
        guard let entry = given.first else { return nil }
        if let kind = all.first(where: { $0.key.text == entry.key }) { return read(kind, reader) }
        return package(entry, reader).flatMap { package in packaged.flatMap { read($0, package, reader) } }
    }

    /// The package of whose name a role is, where it has inputs and names no package.
    private func inputsWithoutPackage(_ node: YAML.Node, _ path: String) -> String? {
        let known = Set(table.keys.map(\.name))
        guard let keys = node.mapping?.entries.map(\.key), !keys.isEmpty, !keys.contains(where: known.contains),
            let name = path.split(separator: ".").last.map(String.init), known.contains(name)
        else { return nil }
        return name
    }

    /// What stands where the package of a role does, and is none, nor near one of them.
    private func unknownPackage(_ node: YAML.Node) -> (name: String, mark: Position)? {
        guard packaged != nil, let entries = node.mapping?.entries, entries.count == 1, let entry = entries.first,
            Name(entry.key) != nil, entry.value.mapping != nil, !table.keys.contains(where: { $0.name == entry.key }),
            NearMiss.of(entry.key, in: table.keys.map(\.name)) == nil
        else { return nil }
        return (entry.key, entry.keyMark)
    }

    /// The package that begins with the same word.
    private func similar(to text: String) -> String? {
        let word = text.prefix { $0 != "-" }
        return word.utf8.count < 3 ? nil : table.keys.map(\.name).first { $0.prefix { $0 != "-" } == word }
    }

    private func read<L: RoleLanguage>(_ language: L.Type, _ reader: MapReader) -> Role? {
        reader.optional(RoleLanguages.key(language)).map { Role(language, $0) }
    }

    private func read<L: PackagedRoleLanguage>(
        _ language: L.Type, _ package: RolePackage, _ reader: MapReader
    ) -> Role? {
        let problems = reader.context.diagnostics.count
        return reader.optional(package.key).map { value in
            var role = Role(language, value)
            role.isWhole = reader.context.diagnostics.count == problems
            return role
        }
    }

    /// The package that a key names; complains where it cannot be used.
    private func package(_ entry: Mapping.Entry, _ reader: MapReader) -> RolePackage? {
        switch Name(entry.key).flatMap({ catalogue[$0] }) {
        case nil:
            return nil
        case .success(let package)?:
            return package
        case .failure(let problem)?:
            // So that nobody says of what names the role that there is none.
            reader.context.record(reader.path, at: entry.keyMark)
            let count = problem.diagnostics.count
            reader.context.error(
                entry.keyMark,
                "\(reader.path): the package \(entry.key) cannot be used: "
                    + "\(problem.file) has \(count == 1 ? "an error" : "\(count) errors")")
            for diagnostic in problem.diagnostics { reader.context.add(diagnostic) }
            return nil
        }
    }

    /// Everything that is wrong with an instance's roles, kind by kind.
    func check(_ instance: Instance) -> [Diagnostic] {
        guard !instance.roles.isEmpty else { return [] }
        return all.flatMap { check($0, instance) } + (packaged.map { check($0, instance) } ?? [])
    }

    private func check<L: RoleLanguage>(_ language: L.Type, _ instance: Instance) -> [Diagnostic] {
        let roles = instance.roles.sorted { $0.key < $1.key }.compactMap { name, role in
            role.value(of: language).map { PlacedRole(name, $0, path: role.path(named: name), of: instance) }
        }
        return roles.isEmpty ? [] : language.check(roles)
    }
}

extension PackageCatalogue {
    /// The keys of a role that are packages; one that is broken is known all the same.
    fileprivate var keys: [any KeyDescription] {
        names.map { name -> any KeyDescription in
            if case .success(let package)? = self[name] { return package.key }
            return Key(
                name.text, Kind<PackageRole>.role(of: RolePackage(name: name, origin: .inline)),
                "A package that cannot be used.", example: nil)
        }
    }
}

extension Rule {
    /// Every role follows the rules of its kind.
    static func rolesAreRight(_ languages: RoleLanguages) -> Rule {
        Rule { cluster in cluster.orderedInstances.flatMap { languages.check($0) } }
    }
}

extension Kind where Value == Role {
    /// A role: a map with one key, its kind or package.
    static var role: Kind {
        Kind(expected: "a map", schema: .role, write: { $0.written }) { node, path, context in
            context.roles.read(node, path, context)
        }
    }
}
