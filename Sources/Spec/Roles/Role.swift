import YAML

/// What an instance is for, beyond being a machine: a value of one of the kinds.
package struct Role: Sendable, Equatable {
    package let language: any RoleLanguage.Type
    private let value: ErasedValue
    /// Whether all that it says could be read; where it could not, it has defaults that nobody meant.
    var isWhole = true

    package init<L: RoleLanguage>(_ language: L.Type, _ value: L.Value) {
        self.language = language
        self.value = ErasedValue(value)
    }

    package var key: RoleKey { language.key }

    /// What it is called in the spec: several words can be of one kind.
    package var word: RoleKey { word(as: language) }

    private func word<L: RoleLanguage>(as language: L.Type) -> RoleKey {
        value(of: language).map(L.word) ?? L.key
    }

    /// What it says of other instances.
    package var references: [PlacedReference] { references(as: language) }

    private func references<L: RoleLanguage>(as language: L.Type) -> [PlacedReference] {
        value(of: language).map(L.references) ?? []
    }

    /// What roles of other instances may take of it.
    package var outputs: [RoleOutput] { outputs(as: language) }

    private func outputs<L: RoleLanguage>(as language: L.Type) -> [RoleOutput] {
        value(of: language).map(L.outputs) ?? []
    }

    /// The ports that it claims in its guest.
    package var ports: [RolePort] { ports(as: language) }

    private func ports<L: RoleLanguage>(as language: L.Type) -> [RolePort] {
        value(of: language).map(L.ports) ?? []
    }

    /// The files that it has in its guest under a name.
    package func files(named name: Name) -> [RoleFile] { files(named: name, as: language) }

    private func files<L: RoleLanguage>(named name: Name, as language: L.Type) -> [RoleFile] {
        value(of: language).map { L.files($0, of: name) } ?? []
    }

    /// The units that it starts or stops in its guest under a name.
    package func units(named name: Name) -> [RoleUnit] { units(named: name, as: language) }

    private func units<L: RoleLanguage>(named name: Name, as language: L.Type) -> [RoleUnit] {
        value(of: language).map { L.units($0, of: name) } ?? []
    }

    /// What the role says; nil where it is of another kind.
    package func value<L: RoleLanguage>(of language: L.Type) -> L.Value? {
        value.value as? L.Value
    }

    /// The path to a role of this kind in its instance, such as `roles.motd.files`.
    package func path(named name: Name) -> String { place ?? "roles.\(name).\(word)" }

    /// Where its inputs stand in its instance, where that is not below `roles`.
    var place: String? { place(as: language) }

    private func place<L: RoleLanguage>(as language: L.Type) -> String? {
        value(of: language).flatMap(L.place)
    }

    /// The secrets that it names, with their paths below the role's own.
    package var secrets: [FieldSecret] { secrets(as: language) }

    private func secrets<L: RoleLanguage>(as language: L.Type) -> [FieldSecret] {
        value(of: language).map(L.form.secrets) ?? []
    }

    /// The role as it is written in a spec.
    var written: YAML.Node { written(as: language) }

    private func written<L: RoleLanguage>(as language: L.Type) -> YAML.Node {
        .map(value(of: language).map { [(L.word(of: $0).text, L.form.write($0))] } ?? [])
    }

    package static func == (one: Role, other: Role) -> Bool {
        one.key == other.key && one.word == other.word && one.value == other.value
    }
}
