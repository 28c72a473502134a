extension InstanceField {
    static let roles = InstanceField(
        "roles", .roles, \.ownRoles, "The guest's roles, by names of your own.", unset: "none",
        example: nil, effect: .guest, record: .resolved(.roles),
        traits: Traits(isOfMadeOnly: true, isWrittenByDefault: false))
}

extension Instance {
    /// The roles that stand below `roles` in its spec.
    fileprivate var ownRoles: [Name: Role] {
        get { roles.filter { $0.value.place == nil } }
        set { roles = newValue }
    }
}

extension Kind where Value == [Name: Role] {
    /// Roles by name.
    fileprivate static var roles: Kind {
        Kind<[(name: Name, mark: Position, value: Role)]>.named("roles", .role).map { named in
            Dictionary(named.map { ($0.name, $0.value) }) { $1 }
        } back: { roles in
            roles.sorted { $0.key < $1.key }.map { ($0.key, .rendered, $0.value) }
        }
    }
}
