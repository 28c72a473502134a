package import Spec

/// What a running guest says of its roles of one kind.
package enum RoleReading<Observed: Sendable & Equatable>: Sendable, Equatable {
    /// By the role's name.
    case known([Name: Observed])
    /// It could not be asked, in words.
    case unknown(String)
}

/// What a running guest says of its roles, kind by kind.
package struct ObservedRoles: Sendable, Equatable {
    private struct Entry: Sendable, Equatable {
        let kind: any RoleKind.Type
        let reading: ErasedValue

        static func == (one: Entry, other: Entry) -> Bool {
            one.kind.key == other.kind.key && one.reading == other.reading
        }
    }

    private var entries: [RoleKey: Entry] = [:]
    /// Kinds of roles that a guest had and could not be asked for, as it did not run.
    private var others: [RoleKey: any RoleKind.Type] = [:]

    package init() {}

    package static func == (one: ObservedRoles, other: ObservedRoles) -> Bool {
        one.entries == other.entries && one.others.keys == other.others.keys
    }

    /// What it says of a kind; nil where nobody asked.
    package subscript<Kind: RoleKind>(kind: Kind.Type) -> RoleReading<Kind.Observed>? {
        get { entries[kind.key]?.reading.value as? RoleReading<Kind.Observed> }
        set { entries[kind.key] = newValue.map { Entry(kind: kind, reading: ErasedValue($0)) } }
    }

    /// Says which kind a key is, of a guest that is not asked.
    package mutating func know(_ kind: any RoleKind.Type) { others[kind.key] = kind }

    /// The kinds that it was asked for, in order.
    var kinds: [any RoleKind.Type] { entries.values.map(\.kind).sorted { $0.key < $1.key } }

    /// Whom its roles send work to, of those that send any.
    package func servings() -> [(role: Name, kind: any RoleKind.Type, serving: RoleServing)] {
        func servings<Kind: RoleKind>(
            of kind: Kind.Type
        ) -> [(role: Name, kind: any RoleKind.Type, serving: RoleServing)] {
            known(kind).compactMap { role, observed in
                kind.serving(observed).map { (role: role, kind: kind, serving: $0) }
            }
        }
        return kinds.flatMap { servings(of: $0) }
    }

    /// What a role gives to roles of other instances, by name; nil where nobody knows of such a role.
    package func outputs(of role: Name) -> [String: ObservedOutput]? {
        func outputs<Kind: RoleKind>(of kind: Kind.Type) -> [String: ObservedOutput]? {
            known(kind).first { $0.key == role }.map { kind.outputs(in: $0.value) }
        }
        return kinds.lazy.compactMap { outputs(of: $0) }.first
    }

    /// What was tried of its roles and taken back, by role.
    func failedAttempts(on instance: Name) -> [(role: Name, attempt: FailedAttempt)] {
        func attempts<Kind: RoleKind>(of kind: Kind.Type) -> [(role: Name, attempt: FailedAttempt)] {
            known(kind).compactMap { role, observed in
                kind.failedAttempt(in: observed, of: instance).map { (role: role, attempt: $0) }
            }
        }
        return kinds.flatMap { attempts(of: $0) }
    }

    /// What is known of the roles of a kind, by name.
    private func known<Kind: RoleKind>(_ kind: Kind.Type) -> [(key: Name, value: Kind.Observed)] {
        guard case .known(let roles)? = self[kind] else { return [] }
        return roles.sorted { $0.key < $1.key }
    }

    /// The kind of a key; nil where it is none that the guest has or had.
    func kind(_ key: RoleKey) -> (any RoleKind.Type)? { entries[key]?.kind ?? others[key] }
}

/// What was asked outside guests before planning, kind by kind.
package struct RoleAnswers: Sendable, Equatable {
    private var answers: [RoleKey: ErasedValue] = [:]

    package init() {}

    package subscript<Kind: RoleKind>(kind: Kind.Type) -> Kind.Answers {
        get { answers[kind.key]?.value as? Kind.Answers ?? kind.noAnswers }
        set { answers[kind.key] = ErasedValue(newValue) }
    }
}

extension Role {
    /// What its kind means for plans; nil where the language has none, which no catalogue has.
    package var kind: (any RoleKind.Type)? { language as? any RoleKind.Type }

    /// What a plan needs of this machine for it.
    package var inputs: [RoleInput] {
        func inputs<Kind: RoleKind>(_ kind: Kind.Type) -> [RoleInput] { value(of: kind).map(kind.inputs) ?? [] }
        return kind.map { inputs($0) } ?? []
    }

    /// What a new guest gets for it.
    var guest: GuestRequirements {
        func guest<Kind: RoleKind>(_ kind: Kind.Type) -> GuestRequirements {
            value(of: kind).map(kind.guest) ?? GuestRequirements()
        }
        return kind.map { guest($0) } ?? GuestRequirements()
    }
}

extension Instance {
    /// What its guest needs of its first boot.
    var guestRequirements: GuestRequirements {
        roles.sorted { $0.key < $1.key }.reduce(into: GuestRequirements()) { $0.add($1.value.guest) }
    }
}
