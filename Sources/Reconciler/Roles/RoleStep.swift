package import Spec

/// One change of a role in its guest.
package struct RoleStep: Sendable, Equatable {
    package var uuid: UniqueID
    /// The domain's name.
    package var name: String
    package var role: Name
    /// How the node gets at what the role serves.
    package var reach: GuestReach
    /// How the guest goes back to its disks where this fails; nil where they were not kept before.
    package var rollback: RoleRollback?
    package let kind: any RoleKind.Type
    private let action: ErasedValue

    package init<Kind: RoleKind>(
        _ kind: Kind.Type, uuid: UniqueID, name: String, role: Name, reach: GuestReach, action: Kind.Action
    ) {
        self.kind = kind
        self.uuid = uuid
        self.name = name
        self.role = role
        self.reach = reach
        self.action = ErasedValue(action)
    }

    /// What is done; nil where it is of another kind.
    package func action<Kind: RoleKind>(of kind: Kind.Type) -> Kind.Action? {
        action.value as? Kind.Action
    }

    private var anyAction: any RoleAction {
        guard let action = action.value as? any RoleAction else { preconditionFailure("a role's step has its action") }
        return action
    }

    /// Whether the members of a group take turns with it.
    var isInterrupting: Bool { anyAction.isInterrupting }
    /// What tells the role as the spec has it, where disks can be kept before it changes.
    package var spec: String? { anyAction.spec }
    /// Whether it takes away all that the role made.
    var isClearing: Bool { anyAction.isClearing }
    /// The member of others that it takes out or puts back.
    var taken: RoleTaking? { anyAction.taken }
    /// How a mark remembers the role.
    package var marked: MarkedRole { MarkedRole(name: role, kind: kind.key) }

    package static func == (one: RoleStep, other: RoleStep) -> Bool {
        one.uuid == other.uuid && one.name == other.name && one.role == other.role && one.reach == other.reach
            && one.rollback == other.rollback && one.kind.key == other.kind.key && one.action == other.action
    }
}

/// How a guest goes back to its disks where a change of a role fails.
package struct RoleRollback: Sendable, Equatable {
    /// How to see that the guest runs again.
    package var check: ReadinessCheck
    /// Whether they were kept by the same run: what an earlier one kept is gone back to for an hour only.
    package var isFresh: Bool

    package init(check: ReadinessCheck, isFresh: Bool) {
        self.check = check
        self.isFresh = isFresh
    }
}

extension RoleStep: StepOperation {
    package var words: OperationWords { anyAction.words(role: role, on: name) }
    package var domain: UniqueID? { uuid }
    package var network: UniqueID? { nil }
    package var secrets: [Secret] { anyAction.secrets }
    package var madeFile: String? { nil }
    package func deletes(_ path: String) -> Bool { false }
}
