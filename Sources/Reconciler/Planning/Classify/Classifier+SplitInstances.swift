import Spec

extension Classifier {
    /// Refuses to make an instance again of whose disks some are where nobody knows whether they are whole.
    mutating func refuseSplit(_ instance: Instance) -> Bool {
        guard splitInstances.contains(instance.name), let entry = history.instances[instance.name] else { return false }
        let reason =
            entry.alsoOn.map { other in
                "its domain was undefined during a migration, and both \(entry.node) and \(other) have its disks: "
                    + "it is unknown which ones are complete"
            }
            ?? "its migration source is lost, and \(entry.node) has its disks: it is unknown whether they "
            + "are complete"
        classification.findings.refusals.append(
            Plan.Refusal(
                ObjectReference(.instance, instance.name.text, on: nil), reason: reason,
                remedy: "inspect them, move the stale files out of the pool, and apply again",
                position: instance.position))
        return true
    }
}
