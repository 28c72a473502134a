import Spec

/// A managed save: the memory of a guest that goes on from there at its next start, with the devices and disks of then.
extension Draft {
    /// Puts off what would change the machine under its saved memory: until it goes on, where the spec starts it, else
    /// until a person decides.
    mutating func keepSavedMemory(_ comparison: Comparison, _ update: InstanceUpdate) {
        let (instance, owned) = (comparison.instance, comparison.owned)
        guard instance.power == .on else {
            refuse(
                comparison, update.fields.first?.path ?? "",
                "its memory is saved and belongs to the machine as it is: a change would lose it",
                remedy: Draft.savedMemoryRemedy(owned))
            return
        }
        changes.append(
            Change(
                .update, ObjectReference(.instance, instance.name.text, on: owned.node),
                reason: "it differs from the spec", fields: update.fields,
                blocked:
                    "its memory is saved and belongs to the machine as it is; it goes on from there first: apply again",
                position: instance.position))
    }

    /// What a person can do with a saved memory.
    static func savedMemoryRemedy(_ owned: OwnedDomain) -> String {
        let name = owned.domain.name
        return
            "start it on \(owned.node) (virsh start \(name)), or throw its memory away (virsh managedsave-remove \(name)), "
            + "and apply again"
    }
}
