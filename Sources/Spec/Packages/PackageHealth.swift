/// What proves that a role works in its new state.
package struct PackageHealth: Sendable, Equatable {
    /// What is asked.
    package enum Gate: Sendable, Equatable {
        case http(HTTPGate)
        /// Something listens.
        case tcp(PortValue)
        /// The script `health` of the package ends with 0.
        case command
    }

    /// Who asks.
    package enum Origin: String, Sendable, CaseIterable {
        case node, guest
    }

    package let gate: Gate
    /// How long it may take until it is true.
    package let timeout: Duration
    package let origin: Origin
}

/// A page that is asked for.
package struct HTTPGate: Sendable, Equatable {
    package let port: PortValue
    package let path: Template
    package let status: Int
    /// What the page must hold.
    package let body: Template?
    package let isTLS: Bool

    /// Whether only the state that was just placed can pass: what is asked for, or answered, names the attempt.
    var namesRevision: Bool {
        (path.names + (body?.names ?? [])).contains { $0.text == TemplateOwnValue.revision.name }
    }
}

/// Something that a role tells others.
package struct OutputDeclaration: Sendable, Equatable {
    package let name: String
    package let isSecret: Bool
    /// Whether it stays the same where nothing changes but whom the role's lists have.
    package let isStable: Bool
    /// What it is; nil where the script `apply` writes it.
    package let value: Template?
    package let summary: String
    package let position: Position
}
