import Spec

extension InstanceEmitter {
    /// Records settings that were changed, so that the next edit of them is an edit and not drift.
    ///
    /// Only with a change that is made anyway: that a record is old is no difference by itself.
    mutating func recordSettings(_ instance: Instance, _ owned: OwnedDomain, _ steps: inout DomainSteps) {
        guard steps.last != nil, let update = updates[instance.name]?.update, update.isEmpty,
            forgetsSettings(instance, owned)
        else { return }
        let work = UpdateWork(instance: instance, owned: owned, update: update)
        add(work.step("record", .record(recorded(work)), &steps), as: .recorded(instance.name))
    }
}
