import Spec

/// The instances that a role refers to as a list.
struct ListedInstances {
    /// The groups and instances that it names.
    var targets: [Name] = []
    /// The instances behind them.
    var names: Set<Name> = []
}

/// A role that sends work to instances now, as its guest says.
struct Consumer {
    let instance: Instance
    let role: Name
    let owned: OwnedDomain
    let serving: RoleServing
    /// What takes a member out of its list or puts it back; nil where it can do neither.
    let move: (RoleTaking) -> RoleStep?
    /// The role as the spec has it, and the instances that it waits for.
    let wanted: Role
    let awaited: Set<Name>
    let listed: ListedInstances
    /// The step of the plan that changes the role.
    var change: StepID?

    /// In plans: the role, with its instance where that is called otherwise.
    var words: String { role == instance.name ? role.text : "\(role) of \(instance.name)" }

    var object: ObjectReference { ObjectReference(.instance, instance.name.text, on: owned.node) }

    /// The step that takes a member out or puts it back.
    func step(_ taking: RoleTaking, requires: [Requirement] = [], after: [Requirement] = []) -> PlannedStep? {
        guard serving.canDrain, let change = move(taking) else { return nil }
        let way = taking.isOut ? "drain" : "undrain"
        return PlannedStep(
            id: StepID("\(owned.node)/instance/\(instance.name)/\(way)/\(role)/\(taking.member.name)"),
            node: owned.node, object: object, operation: .role(change), requires: requires, after: after)
    }
}
