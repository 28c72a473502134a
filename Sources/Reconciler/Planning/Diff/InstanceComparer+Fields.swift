import Spec

extension InstanceComparer {
    func compareFields(_ comparison: Comparison, _ update: inout InstanceUpdate) {
        guard hasItsProcessors(comparison, &update) else { return }
        compareName(comparison, &update)
        comparePart(comparison, &update)
        compareDomainName(comparison, &update)
        compareNoted(comparison, &update)
        compareVCPUs(comparison, &update)
        compareMemory(comparison, &update)
        compareMachine(comparison, &update)
        compareDisks(comparison, &update)
        compareNICs(comparison, &update)
        compareLosses(comparison, &update)
        compareFirstBoot(comparison, &update)
        compareImage(comparison, &update)
    }

    /// A machine keeps its processors: a system for others is another machine.
    private func hasItsProcessors(_ comparison: Comparison, _ update: inout InstanceUpdate) -> Bool {
        let instance = comparison.instance
        guard let wanted = instance.architecture?.rawValue, let present = comparison.owned.domain.architecture,
            wanted != present
        else { return true }
        update.refuse(
            comparison, "image", "it has \(present) processors, and the image \(instance.image) is for \(wanted)",
            remedy: "use an image for \(present), or remove the instance from the spec, apply, and add it again")
        return false
    }

    /// An instance under another name is the same machine; its domain's name follows when it is off.
    private func compareName(_ comparison: Comparison, _ update: inout InstanceUpdate) {
        let old = comparison.owned.mark.instance
        guard old != comparison.instance.name else { return }
        update.mark.instance = comparison.instance.name
        if hasSeed(comparison) { update.seed = .sameMachine }
        update.fields.append(comparison.field("name", old: old.text, new: comparison.instance.name.text, .live))
        update.isRenamed = true
        // The mark has its new name before it says what was applied: until then it says what the guest calls itself.
        let hostname = comparison.applied["hostname"] ?? old.text
        let isNamedAfterIt =
            hostname == old.text && [nil, comparison.instance.name.text].contains(comparison.wanted["hostname"])
        update.mark.applied["hostname"] = isNamedAfterIt ? nil : hostname
    }

    /// An instance that stands in another part's file now is that part's, and its old part deletes it no longer.
    private func comparePart(_ comparison: Comparison, _ update: inout InstanceUpdate) {
        let (old, new) = (comparison.owned.mark.part, comparison.instance.part)
        guard old != new else { return }
        update.mark.part = new
        update.isRelabelled = true
        update.fields.append(comparison.field("part", old: old.text, new: new.text, .live))
    }

    /// Labels and how it is stopped are the spec's, and the mark remembers them; the domain itself does not know them.
    ///
    /// What a mark of an older run does not say is no difference, and is written with the next change.
    private func compareNoted(_ comparison: Comparison, _ update: inout InstanceUpdate) {
        let paths = comparison.differing.filter { path in
            guard let field = InstanceField.field(of: path), field.effect == .noted else { return false }
            return !field.isNewInMarks || comparison.applied[path] != nil
        }
        for path in paths.sorted() {
            update.isRelabelled = true
            update.fields.append(
                comparison.field(path, old: comparison.applied[path], new: comparison.wanted[path], .live))
        }
    }
}
