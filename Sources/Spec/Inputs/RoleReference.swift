/// What an input of a role says of another instance instead of a value.
package enum RoleReference: Sendable, Hashable {
    /// The members of a group, or one instance alone, with their addresses in a network.
    case members(of: Name, network: Name, port: Int?, waits: Bool)
    /// The address of an instance in a network; nil is the instance that has the role.
    case address(of: Name?, network: Name, waits: Bool)
    /// What a role of an instance gives to others.
    case output(of: Name, role: Name, output: String)

    /// The instance or group that it names; nil for the instance that has the role.
    package var target: Name? {
        switch self {
        case .members(let target, _, _, _), .output(let target, _, _): target
        case .address(let target, _, _): target
        }
    }

    /// Whether the role waits until the target is ready and has its own roles; an output is always waited for.
    package var waits: Bool {
        switch self {
        case .members(_, _, _, let waits), .address(_, _, let waits): waits
        case .output: true
        }
    }
}

/// A reference with its place in the role.
package struct PlacedReference: Sendable, Hashable {
    package let reference: RoleReference
    /// Where it stands below the role, such as `backends` or `peers.2`.
    package let key: String

    package init(_ reference: RoleReference, at key: String) {
        self.reference = reference
        self.key = key
    }
}
