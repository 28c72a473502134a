import Spec

/// A managed save: the memory of a guest that goes on from there at its next start, with the devices and disks of then.
extension InstanceComparer {
    /// Puts off what would change the machine under its saved memory: until it goes on, where the spec starts it, else
    /// until a person decides.
    func keepSavedMemory(_ comparison: Comparison, _ update: InstanceUpdate) -> Outcome {
        guard comparison.power == .on else {
            var update = update
            update.refuse(
                comparison, update.fields.first?.path ?? "",
                "its saved memory fits only its current definition: a change would discard it",
                remedy: comparison.owned.savedMemoryRemedy)
            return .refused(update.refusals)
        }
        return postponed(
            update, comparison,
            "its saved memory fits only its current definition; it is resumed first: apply again")
    }
}
