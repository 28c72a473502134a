import Spec

/// One instance's update while its steps are made.
struct UpdateWork {
    let instance: Instance
    let owned: OwnedDomain
    let update: InstanceUpdate

    private var prefix: String { "\(owned.node)/instance/\(instance.name)" }
    private var object: ObjectReference { ObjectReference(.instance, instance.name.text, on: owned.node) }

    /// The next step of the domain, which changes it.
    func step(_ id: String, _ action: DomainUpdate.Action, _ chain: inout DomainSteps) -> PlannedStep {
        step(
            id, .update(DomainUpdate(uuid: owned.domain.uuid, name: owned.domain.name, action: action)), &chain)
    }

    /// The next step of the domain.
    func step(_ id: String, _ operation: Operation, _ chain: inout DomainSteps) -> PlannedStep {
        chain.next(StepID("\(prefix)/\(id)"), on: owned.node, object, operation)
    }
}
