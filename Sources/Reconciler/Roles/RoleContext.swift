package import Spec

/// What a kind is told beside what is wanted and what is there.
package struct RoleContext<Kind: RoleKind>: Sendable {
    package let role: Name
    package let instance: Instance
    package let object: ObjectReference
    /// Whether the guest comes up in this plan.
    package let isBooting: Bool
    /// Whether the guest was asked; what it said is of before its boot, where it boots.
    package let isSeen: Bool
    /// Whether the guest is made in this plan.
    package let isNew: Bool
    package let answers: Kind.Answers
    package let inputs: Inputs
    /// Whether what failed before is tried again.
    package let retries: Bool
    /// What its references stand for, by their places below the role.
    package let resolved: [String: ResolvedReference]
    /// The role as it was tried on other members of its group in vain.
    package let failedElsewhere: [FailedAttempt]
    /// The address that the guest is reached by; nil where none is known.
    package let address: IPv4Address?

    package init(
        role: Name, instance: Instance, object: ObjectReference, isBooting: Bool, isSeen: Bool, isNew: Bool,
        answers: Kind.Answers, inputs: Inputs, retries: Bool = false, resolved: [String: ResolvedReference] = [:],
        failedElsewhere: [FailedAttempt] = [], address: IPv4Address? = nil
    ) {
        self.role = role
        self.instance = instance
        self.object = object
        self.isBooting = isBooting
        self.isSeen = isSeen
        self.isNew = isNew
        self.answers = answers
        self.inputs = inputs
        self.retries = retries
        self.resolved = resolved
        self.failedElsewhere = failedElsewhere
        self.address = address
    }

    /// The path to the role in its instance, without its kind: what changes of it are listed by.
    package var path: String { "roles.\(role)" }

    /// Where the spec says something of the role.
    package func position(_ key: String) -> Position {
        let wanted = instance.roles[role].flatMap { $0.key == Kind.key ? $0 : nil }
        return instance.position(of: wanted?.path(named: role) ?? "roles.\(role).\(Kind.key)", key)
    }

    /// A change of the role that people see, at a path below it; nil for the role itself.
    package func field(
        _ path: String?, _ old: String?, _ new: String?, _ origin: FieldChange.Origin = .edit, at key: String
    ) -> FieldChange {
        FieldChange(
            path: path.map { "\(self.path).\($0)" } ?? self.path, old: old, new: new, effect: .live, origin: origin,
            position: position(key))
    }

    /// That the role goes with all that it made.
    package func removal(_ old: String) -> FieldChange {
        FieldChange(path: path, old: old, new: nil, effect: .live, origin: .edit, position: instance.position)
    }

    package func refusal(_ reason: String, remedy: String, at key: String) -> Plan.Refusal {
        Plan.Refusal(object, reason: "\(role) \(reason)", remedy: remedy, position: position(key))
    }

    package func unknown(_ reason: String, at key: String) -> Plan.Unknown {
        Plan.Unknown(object, reason: "\(role) \(reason)", position: position(key))
    }
}

/// What is to be done for one role, and what is to be said of it.
package struct RoleOutcome<Action: RoleAction>: Sendable {
    /// Nil where there is nothing to do, or nothing can be done.
    package var action: Action?
    /// What it changes, as far as that is known.
    package var fields: [FieldChange] = []
    /// What the line says of it by which a guest comes up that could not be asked.
    package var detail: String?
    /// Why what it changes cannot be done now; nothing is done then.
    package var blocked: String?
    /// Whether nobody should be sent to it as it is, though the plan leaves it so.
    package var isUnfit = false
    package var notices: [String] = []
    package var refusals: [Plan.Refusal] = []
    package var unknowns: [Plan.Unknown] = []

    package init(_ action: Action? = nil, fields: [FieldChange] = []) {
        self.action = action
        self.fields = fields
    }
}

/// What a planned change is checked against.
package struct RoleEvidence<Kind: RoleKind>: Sendable {
    package let wanted: Kind.Value?
    package let observed: Kind.Observed?
    package let answers: Kind.Answers

    package init(wanted: Kind.Value?, observed: Kind.Observed?, answers: Kind.Answers) {
        self.wanted = wanted
        self.observed = observed
        self.answers = answers
    }
}
