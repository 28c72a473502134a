import Spec

extension Classifier {
    /// Refuses what would make an adopted machine anew, or take one that kvmctl made for an adopted one.
    ///
    /// - Returns: whether it was refused; the instance is then left alone.
    mutating func refuseAdoption(_ instance: Instance) -> Bool {
        guard let owned = owned[instance.name], removals[instance.name] == nil else {
            // What a unreachable node may hold is said elsewhere.
            guard instance.isAdopted, possibleHolders(of: instance.name).isEmpty else { return false }
            let isLeaving = removals[instance.name] != nil
            classification.findings.refusals.append(
                Plan.Refusal(
                    ObjectReference(.instance, instance.name.text, on: nil),
                    reason: isLeaving
                        ? "it is adopted and being deleted, and kvmctl never recreates an adopted instance"
                        : "it is adopted and exists on no node: kvmctl never recreates an adopted instance",
                    remedy: isLeaving
                        ? "remove it from the spec and apply first; its disks are kept"
                        : "import it with `kvmctl import NODE/DOMAIN --as \(instance.name)`; if it no longer exists, remove it from "
                            + "the spec",
                    position: instance.positions["adopted"] ?? instance.position))
            return true
        }
        guard owned.mark.isAdopted != instance.isAdopted else { return false }
        classification.findings.refusals.append(
            Plan.Refusal(
                ObjectReference(.instance, instance.name.text, on: owned.node),
                reason: instance.isAdopted
                    ? "the spec says `adopted: true`, but kvmctl created it"
                    : "it was imported, but the spec does not say so",
                remedy: instance.isAdopted ? "remove `adopted: true`" : "add `adopted: true`, or use another name",
                position: instance.positions["adopted"] ?? instance.position))
        return true
    }
}
