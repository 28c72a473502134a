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
