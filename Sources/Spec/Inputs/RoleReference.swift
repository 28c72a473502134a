/// What an input takes from other instances of the spec.
package enum RoleReference: Sendable, Hashable {
    /// The members of a group, or an instance alone, with their addresses in a network.
    ///
    /// - Parameter waits: whether the role is applied after the roles of those that it names.
    case members(of: Name, network: Name, port: Int?, waits: Bool)
    /// An address in a network; without an instance, that of the instance itself.
    case address(of: Name?, network: Name, waits: Bool)
    /// What a role of an instance has put out, for which it always waits.
    case output(of: Name, role: Name, output: String)
}

/// A reference with its place in a role.
package struct PlacedReference: Sendable, Hashable {
    package let reference: RoleReference
    /// The path to it below the role, such as `backends` or `peers.2`.
    package let key: String
    /// Whether what it stands for may be a secret.
    package let takesSecrets: Bool

    package init(_ reference: RoleReference, key: String, takesSecrets: Bool = false) {
        self.reference = reference
        self.key = key
        self.takesSecrets = takesSecrets
    }
}
