/// A file of the guest that a role has for itself.
package struct RoleFile: Sendable, Hashable {
    package let path: String
    /// Where it is written below the role; empty where it is not.
    package let key: String

    package init(_ path: String, at key: String = "") {
        self.path = path
        self.key = key
    }
}
