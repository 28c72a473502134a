/// A value that a role gives to roles of other instances.
package struct RoleOutput: Sendable, Hashable {
    package let name: String
    /// Whether only an input that is a secret may take it.
    package let isSecret: Bool

    package init(_ name: String, isSecret: Bool) {
        self.name = name
        self.isSecret = isSecret
    }
}
