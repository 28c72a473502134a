/// A port of the guest that a role claims for itself.
package struct RolePort: Sendable, Hashable {
    package let port: Int
    /// Where it is written below the role.
    package let key: String

    package init(_ port: Int, at key: String) {
        self.port = port
        self.key = key
    }
}
