extension RoleReference {
    /// The instance or group that it names; nil for the instance that has the role.
    package var target: Name? {
        switch self {
        case .members(let target, _, _, _), .output(let target, _, _): target
        case .address(let target, _, _): target
        }
    }

    /// The instance or group of which it is a list; nil where it is none.
    package var listed: Name? {
        if case .members(let target, _, _, _) = self { target } else { nil }
    }

    /// Whether the role waits until the target is ready and has its own roles; an output is always waited for.
    package var waits: Bool {
        switch self {
        case .members(_, _, _, let waits), .address(_, _, let waits): waits
        case .output: true
        }
    }
}
