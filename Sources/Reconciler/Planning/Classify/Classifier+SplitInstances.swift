import Spec

extension Classifier {
    /// Refuses to make an instance again of whose disks some are where nobody knows whether they are whole.
    mutating func refuseSplit(_ instance: Instance) -> Bool {
        guard splitInstances.contains(instance.name), let entry = history.instances[instance.name] else { return false }
        let reason =
            entry.alsoOn.map { other in
                "its domain was undefined while it moved, and both \(entry.node) and \(other) have disks of it: "
                    + "nobody knows which are whole"
            }
            ?? "the node was lost from which it was moving, and \(entry.node) has disks of it: nobody knows whether they "
            + "are whole"
        classification.findings.refusals.append(
            Plan.Refusal(
                ObjectReference(.instance, instance.name.text, on: nil), reason: reason,
                remedy: "look at them, move the files that do not count out of the pool, and apply again",
                position: instance.position))
        return true
    }
}
