import Spec

/// One instance's update while its steps are made.
struct UpdateWork {
    let instance: Instance
    let owned: OwnedDomain
    let update: InstanceUpdate

    private var prefix: String { "\(owned.node)/instance/\(instance.name)" }
    private var object: ObjectReference { ObjectReference(.instance, instance.name.text, on: owned.node) }

    /// The next step of the domain, which changes it.
    func step(_ id: String, _ action: DomainUpdate.Action, _ steps: inout DomainSteps) -> PlannedStep {
        step(
            id, .update(DomainUpdate(uuid: owned.domain.uuid, name: owned.domain.name, action: action)), &steps)
    }

    /// The next step of the domain.
    func step(_ id: String, _ operation: Operation, _ steps: inout DomainSteps) -> PlannedStep {
        steps.next(StepID("\(prefix)/\(id)"), on: owned.node, object, operation)
    }
}
