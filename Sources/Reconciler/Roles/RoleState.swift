import Spec

/// How a role of an instance is, for lists and for the health of its instance.
package struct RoleState: Sendable, Equatable {
    /// How what the guest has compares with what the spec wants.
    package enum Stage: String, Sendable, Hashable, CaseIterable {
        case applied
        /// Something in the guest was changed by another hand.
        case drifted
        /// The spec wants it otherwise than it was applied.
        case outdated
        /// A change was begun and neither committed nor rolled back.
        case unverified = "not verified"
        /// It is as before the change that failed.
        case rolledBack = "rolled back"
        /// A change failed, and there is nothing to go back to.
        case failed
        case missing = "not applied"
        /// The guest has it, and the spec does not.
        case leftOver = "left over"
        /// The guest could not be asked.
        case unknown
    }

    package var stage: Stage
    /// The word of its package or kind.
    package var word: String
    package var health: Health
    /// Since when the guest has it as it is, in seconds since 1970; nil where the guest does not say.
    package var since: UInt64?
    /// What it gives to roles of other instances, without secrets.
    package var outputs: [String: String]

    package init(
        _ stage: Stage, word: String, health: Health, since: UInt64? = nil, outputs: [String: String] = [:]
    ) {
        self.stage = stage
        self.word = word
        self.health = health
        self.since = since
        self.outputs = outputs
    }

    /// A role that the guest does not have yet.
    static func missing(_ role: Role) -> RoleState {
        RoleState(.missing, word: role.word.text, health: Health(.missing, "it is not applied yet; apply does that"))
    }

    /// A role of a guest that cannot say anything.
    static func unknown(_ role: Role, _ health: Health) -> RoleState {
        RoleState(.unknown, word: role.word.text, health: health)
    }
}

extension ObservedRoles {
    /// How the roles are that the spec wants, and those that the guest has otherwise, by name.
    ///
    /// - Parameter unasked: how a role is of which nobody asked the guest.
    func states(of wanted: [Name: Role], unasked: Health) -> [Name: RoleState] {
        var states: [Name: RoleState] = [:]
        for (name, role) in wanted { states[name] = role.kind.map { state(of: role, named: name, $0, unasked) } }
        for kind in kinds { addLeftOvers(of: kind, wanted, to: &states) }
        return states
    }

    private func state<Kind: RoleKind>(
        of role: Role, named name: Name, _ kind: Kind.Type, _ unasked: Health
    ) -> RoleState {
        switch self[kind] {
        case .known(let roles)?:
            guard let observed = roles[name], let value = role.value(of: kind) else { return .missing(role) }
            return kind.state(of: observed, wanted: value)
        case .unknown(let why)?: return .unknown(role, Health(.unknown, why))
        case nil: return .unknown(role, unasked)
        }
    }

    private func addLeftOvers<Kind: RoleKind>(
        of kind: Kind.Type, _ wanted: [Name: Role], to states: inout [Name: RoleState]
    ) {
        guard case .known(let roles)? = self[kind] else { return }
        for (name, observed) in roles where states[name] == nil && kind.isThere(observed) {
            var state = kind.state(of: observed, wanted: nil)
            state.stage = .leftOver
            if state.health.status == .healthy {
                state.health = Health(.progressing, "it is not in the spec; apply removes it")
            }
            states[name] = state
        }
    }
}
