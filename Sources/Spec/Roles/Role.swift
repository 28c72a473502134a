import YAML

/// What an instance is for, beyond being a machine: a value of one of the kinds.
package struct Role: Sendable, Equatable {
    package let language: any RoleLanguage.Type
    private let value: ErasedValue

    package init<L: RoleLanguage>(_ language: L.Type, _ value: L.Value) {
        self.language = language
        self.value = ErasedValue(value)
    }

    package var key: RoleKey { language.key }

    /// What the role says; nil where it is of another kind.
    package func value<L: RoleLanguage>(of language: L.Type) -> L.Value? {
        value.value as? L.Value
    }

    /// The path to a role of this kind in its instance, such as `roles.motd.files`.
    package func path(named name: Name) -> String { "roles.\(name).\(key)" }

    /// The secrets that it names, with their paths below the role's own.
    package var secrets: [FieldSecret] { secrets(as: language) }

    private func secrets<L: RoleLanguage>(as language: L.Type) -> [FieldSecret] {
        value(of: language).map(L.form.secrets) ?? []
    }

    /// The role as it is written in a spec.
    var written: YAML.Node { written(as: language) }

    private func written<L: RoleLanguage>(as language: L.Type) -> YAML.Node {
        .map(value(of: language).map { [(L.key.text, L.form.write($0))] } ?? [])
    }

    package static func == (one: Role, other: Role) -> Bool { one.key == other.key && one.value == other.value }
}
