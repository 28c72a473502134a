/// A value that a role gives to roles of other instances.
package struct RoleOutput: Sendable, Hashable {
    package let name: String
    /// Whether only an input that is a secret may take it.
    package let isSecret: Bool
    /// Whether it stays the same where nothing changes but whom the role's lists have.
    package let isStable: Bool

    package init(_ name: String, isSecret: Bool, isStable: Bool = false) {
        self.name = name
        self.isSecret = isSecret
        self.isStable = isStable
    }
}
